// A lens takes a little light and mirrors a soft window that stands where the light does.
in vec3 P, N; out vec4 o;
void main() {
  vec3 n = normalize(N), r = reflect(vec3(0, 0, -1), n);
  vec2 w = r.xy - vec2(clamp(light.x, -.6, .6), clamp(light.y, .1, .7)) * .55;
  float window = ramp(.30, .18, abs(w.x + .35 * w.y)) * ramp(.26, .14, abs(w.y));
  float rim = pow(1. - clamp(n.z, 0., 1.), 2.);
  vec3 col = to_screen(ambient.rgb * .6 + light_color.rgb * .8);
  float a = .07 + .30 * window * ramp(.7, 1.2, light_color.g) + .15 * rim;
  o = vec4(mix(vec3(.04), col, .35 + .65 * window), a);
}
