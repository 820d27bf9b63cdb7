in vec3 P, N; out vec4 o;
void main() {
  vec3 n = normalize(N), h = normalize(light.xyz + vec3(0, 0, 1));
  float nl = clamp((dot(n, light.xyz) + .25) / 1.25, 0., 1.);
  vec3 col = frame.rgb * (ambient.rgb + light_color.rgb * nl * .9) + frame.a * pow(clamp(dot(n, h), 0., 1.), 30.) * light_color.rgb;
  o = vec4(to_screen(col), 1.);
}
