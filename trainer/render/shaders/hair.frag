// A lock: strands drawn by noise, Kajiya and Kay's highlight along them (SIGGRAPH 1989).
in vec3 P, N, T; in vec4 D; in float LIT; out vec4 o;
void main() {
  float u = D.x, s = D.y, id = D.z * 97.;
  float strand = noise(vec2(u * 3.2 + id, s * 2.5 + id));
  float fine = noise(vec2(u * 7. + id * 1.7, s * 3.));
  // Strands end and begin raggedly.
  if (abs(u) > mix(1., .25, ramp(.55, 1., s)) * (.72 + .4 * fine)) discard;
  if (fine < max((s - .82) * 3.5, (.10 - s) * 7.)) discard;
  vec3 n = normalize(N), t = normalize(T + .25 * (strand - .5) * N);
  float tint = .62 + .5 * strand + .3 * (D.z - .5);
  vec3 c = hair.rgb * tint * mix(.8, 1.08, s);
  float dif = clamp((dot(n, light.xyz) + .3) / 1.3, 0., 1.) * mix(.3, 1., LIT);
  vec3 h = normalize(light.xyz + vec3(0, 0, 1));
  float th = dot(t, h), sharp = pow(max(0., 1. - th * th), 30.), broad = pow(max(0., 1. - th * th), 8.);
  float openness = D.w;
  vec3 col = c * (ambient.rgb * (.7 + .3 * n.y) + light_color.rgb * dif) * openness
           + light_color.rgb * openness * (.15 + .85 * dif) * (vec3(.045) * sharp * (.3 + strand) + (hair.rgb * .5 + .01) * broad * .45 * tint);
  o = vec4(to_screen(col), 1.);
}
