// Teeth (0 upper, 1 lower), tongue (2) and lashes (3), told apart by the mask's w.
in vec3 P, N, R; in vec4 M; in float VIS, AO; out vec4 o;
void main() {
  vec3 n = normalize(N), c;
  float shine = 0., openness = 1.;
  if (M.w < 1.5) {
    float gap = abs(fract(R.x * 8.5 + .5) - .5);
    c = vec3(.80, .77, .70) * mix(.93, 1., ramp(.03, .12, gap));
    c *= mix(vec3(1.), vec3(.86, .80, .66), face.y);
    openness = mix(.25, 1., ramp(1.15, 1.42, R.z)) * mix(1.05, .5, ramp(.10, .30, abs(R.x)));
    if (M.w > .5) openness *= .35; else openness *= mix(.8, 1., ramp(6.80, 6.70, R.y));
    shine = .08;
  } else if (M.w < 2.5) {
    c = vec3(.50, .16, .15); openness = .5 * ramp(.9, 1.35, R.z); shine = .04;
  } else {
    float hairs = .5 + .5 * sin(R.x * 300.);
    if (hairs > .5 + .35 * paint.y + .15 * (1. - paint.w) || (R.y < 7.277 && hairs > paint.y * .9)) discard;
    c = vec3(.012, .009, .008);
  }
  float nl = clamp((dot(n, light.xyz) + .25) / 1.25, 0., 1.);
  vec3 h = normalize(light.xyz + vec3(0, 0, 1));
  vec3 col = (c * (ambient.rgb + light_color.rgb * nl * .9) + shine * pow(clamp(dot(n, h), 0., 1.), 30.) * light_color.rgb) * openness;
  o = vec4(to_screen(col), 1.);
}
