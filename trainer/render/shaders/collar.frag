in vec3 P, N; in vec2 C; out vec4 o;
void main() {
  vec3 n = normalize(N);
  if (n.z < 0. && !gl_FrontFacing) n = -n;
  vec3 c = clothes.rgb * (.92 + .16 * noise(C * vec2(16., 9.)));
  if (clothes_shape.x > 1.5 && clothes_shape.x < 2.5) c = mix(c, sqrt(c), .12);   // a shirt's collar is stiffer, paler
  else c *= .86 + .14 * step(.5, fract(C.x * 18.));                               // knitted ribs
  c *= mix(.55, 1., ramp(.0, .35, C.y));                                          // the inside lies in shade
  float nl = clamp((dot(n, light.xyz) + .1) / 1.1, 0., 1.);
  o = vec4(to_screen(c * (ambient.rgb * (.72 + .28 * n.y) + light_color.rgb * nl * mix(.25, 1., lit(P, n)))), 1.);
}
