in vec3 P, N, R; in vec4 M; in float VIS, AO; out vec4 o;
void main() {
  float side = sign(R.x);
  vec3 c = vec3(eye.x * side, eye.yz), d = normalize(R - c);
  vec3 g = normalize(vec3(sin(gaze.x) - .02 * side, sin(gaze.y), 1.));
  float a = acos(clamp(dot(d, g), -1., 1.)), rim = .44;
  vec3 n = normalize(N), q = d - g * dot(d, g);
  float rays = .75 + .5 * noise(vec2(atan(q.y, q.x) * 7., a * 6.) + grain.x);
  vec3 white = vec3(.72, .68, .65) * (.95 + .08 * noise(R.xy * 70.));
  white = mix(white, vec3(.62, .30, .26), .5 * ramp(.08, .15, abs(R.x - c.x)));
  vec3 ic = iris.rgb * rays * (.75 + .7 * ramp(.40, .20, a)) * (.8 + .54 * ramp(.1, -.1, q.y));
  ic *= mix(.25, 1., ramp(rim, rim - .10, a));
  vec3 alb = mix(ic, white, ramp(rim - .03, rim + .05, a));
  alb = mix(vec3(.004), alb, ramp(.155, .20, a));
  float lid = mix(.38, 1., ramp(.105, .02, (R.y - c.y) + gaze.z * .16)) * mix(.75, 1., ramp(-.13, -.06, R.y - c.y));
  float nl = clamp((dot(n, light.xyz) + .3) / 1.3, 0., 1.);
  vec3 col = alb * (ambient.rgb * .85 + light_color.rgb * nl * mix(.45, 1., VIS) * mix(.4, 1., lit(P, n))) * lid;
  vec3 glint = normalize(vec3(clamp(light_local.x, -.45, .45) * .62, clamp(light_local.y, .15, .6) * .55, 1.));
  col += ramp(.15, .09, acos(clamp(dot(d, glint), -1., 1.))) * 1.1 * clamp(light_color.g, .5, 1.) * lid;
  o = vec4(to_screen(col), 1.);
}
