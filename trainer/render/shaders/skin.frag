// Skin, its paint, the shaven or hidden scalp, and cloth where the body is dressed.
// R is the place in the rest shape (eyes at y 7.28, mouth 6.62, chin 6.3, front z 1.5), so paint follows the face.
uniform sampler2D hairline;   // lowest height of hair for each azimuth
uniform sampler2D place, turned, space, masks;   // written by visible.frag
vec3 P, N, R; vec4 M; float VIS, AO;
out vec4 o;

float cloth_edge(vec3 n) {
  float ax = abs(R.x);
  float y = clothes.a + .10 * n.z + .44 * min(ax, 1.4) - .35 * (R.z - .2);
  if (clothes_shape.x > .5 && clothes_shape.x < 2.5)   // V-neck and open shirt
    y -= mix(.75, .45, step(1.5, clothes_shape.x)) * ramp(.55, .0, ax) * ramp(.1, .5, n.z);
  if (clothes_shape.x > 2.5) y += .30;
  return y;
}

vec3 cloth() {
  float x = R.x, y = R.y, k = clothes_shape.y * 9.;
  float stripes = ramp(-.2, .2, sin((y * sin(k) + x * cos(k)) * 26.));
  float weave = .88 + .16 * noise(R.xy * vec2(12., 20.));
  return clothes.rgb * mix(1., .55 + .45 * stripes, step(.25, clothes_shape.y)) * weave;
}

float wrinkles(float ax, vec2 ed, float front, float n1) {
  float x = R.x, y = R.y;
  float w = ramp(.55, 1., sin((y + .05 * x * x + .02 * sin(x * 9. + grain.x)) * 62. + n1 * 2.)) * .55
          * ramp(7.62, 7.72, y) * ramp(8.0, 7.9, y) * ramp(.6, .3, ax);                                   // forehead
  float fold = ax - (.20 + .26 * pow(clamp((7.0 - y) / .42, 0., 1.), .9));
  w += bump(fold, .03) * ramp(6.5, 6.62, y) * ramp(7.0, 6.93, y) * front * 1.1;                           // nose to mouth
  vec2 foot = vec2(ax - .48, y - 7.27);
  w += ramp(.45, 1., sin(atan(foot.y, foot.x) * 14. + 1.5)) * ramp(.03, .06, foot.x) * ramp(.2, .1, length(foot)) * .7;
  w += bump(ax - .06, .02) * ramp(7.38, 7.45, y) * ramp(7.64, 7.56, y) * .6 * front;                      // frown
  w += bump(ed.y + .19 - .9 * ed.x * ed.x, .018) * ramp(.2, .1, abs(ed.x)) * .7;                          // under the eye
  return clamp(w, 0., 1.);
}

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  vec4 seen = texelFetch(space, pixel, 0);
  if (seen.w == 0.) discard;
  P = seen.xyz; M = texelFetch(masks, pixel, 0);
  vec4 a = texelFetch(place, pixel, 0), b = texelFetch(turned, pixel, 0);
  R = a.xyz; VIS = a.w; N = b.xyz; AO = b.w;

  vec3 n = normalize(N);
  float x = R.x, y = R.y, z = R.z, ax = abs(x), seed = grain.x;
  float th = atan(x, z - .3), front = ramp(.7, 1.1, z), ears = clamp(M.y, 0., 1.), lip = ramp(.35, .65, M.x);
  float n1 = noise(vec2(th * 9. + seed, y * 7.)), n2 = noise(R.xy * 34. + seed), n3 = noise(vec2(th * 60., y * 6.) + seed);
  bool dressed = y < cloth_edge(n);
  float lum = dot(skin.rgb, vec3(.3, .6, .1)), old = face.y, makeup = paint.y, male = paint.w;

  // ---- skin
  vec3 c = skin.rgb;
  float cheek = exp(-(pow((ax - .47) / .24, 2.) + pow((y - 6.92) / .22, 2.))) * front;
  float nose = exp(-(pow(ax / .15, 2.) + pow((y - 6.93) / .14, 2.))) * ramp(1.4, 1.6, z);
  float chin = exp(-(ax * ax / .04 + pow((y - 6.3) / .12, 2.))) * front;
  float blood = clamp((cheek * .7 + nose * .5 + ears * .45 + chin * .2) * (.3 + .7 * face.z), 0., 1.);
  c *= mix(vec3(1.), vec3(1., .62, .57), blood * mix(.45, 1., ramp(.05, .4, lum)));
  c *= mix(vec3(1.), vec3(1., .93, .80), .35 * bump(y - 7.8, .25) * front);
  c *= .93 + .10 * n1 + .05 * (n2 - .3);
  c = mix(c, c * vec3(.62, .42, .30), paint.x * .8 * ramp(.72, .84, noise(R.xy * 80.)) * ramp(7.5, 7.2, y) * ramp(6.6, 6.8, y) * front);
  vec2 ed = vec2(ax - eye.x, y - eye.y);
  c *= mix(vec3(1.), vec3(.72, .62, .61), exp(-(pow(ed.x / .20, 2.) + pow((ed.y + .02) / .15, 2.))) * front * (.32 + .28 * old));
  c *= mix(vec3(1.), vec3(.74, .62, .65), exp(-(pow(ed.x / .16, 2.) + pow((ed.y + .15) / .05, 2.))) * front * (.18 + .45 * old));
  c = mix(c, c * vec3(.55, .42, .48), makeup * .8 * exp(-(pow(ed.x / .17, 2.) + pow((ed.y - .13) / .075, 2.))) * front);
  c *= mix(vec3(1.), vec3(1.05, .75, .74), makeup * .5 * exp(-(pow((ax - .55) / .14, 2.) + pow((y - 6.98) / .12, 2.))));
  c *= mix(vec3(1.), vec3(.66, .54, .49), wrinkles(ax, ed, front, n1) * old * .8);
  c = mix(c, lips.rgb * (.88 + .22 * noise(vec2(x * 90., y * 12.))), lip * lips.a);

  // ---- brows
  float bx = (ax - .09) / .50;
  float arch = 7.505 + .060 * sin(clamp(bx, 0., 1.15) * 2.5) - .035 * bx * bx;
  float thick = (.026 + .036 * paint.z * (.65 + .5 * male) + .008 * male) * (1.15 - .85 * ramp(.35, 1.05, bx)) * ramp(-.10, .10, bx);
  float brow_hair = noise(vec2((ax * 1.2 + y * .9) * 70., (y - ax * .35) * 22.) + seed);
  float bm = ramp(1.35, .35, abs(y - arch) / max(thick, .001)) * ramp(-.06, .08, bx) * ramp(1.08, .92, bx) * front;
  c = mix(c, brow.rgb, clamp(bm * (.55 + .55 * brow_hair), 0., 1.) * brow.a);

  // ---- beard
  float edge = 6.86 - .05 * ramp(.2, .5, ax) + .30 * ramp(.55, .80, ax) + .35 * ramp(.74, .84, ax);
  float bd = ramp(edge + .07, edge - .12, y + .10 * (n1 - .5)) * ramp(-.25, .35, (z - .25) + .3 * ramp(6.3, 6.5, y))
           * ramp(5.85, 6.15, y + .18 * (z - .9));
  bd *= (1. - .75 * exp(-(pow(ax / .06, 2.) + pow((y - 6.44) / .03, 2.)))) * ramp(.5, .1, M.x) * (1. - ears);
  float bn = noise(vec2(th * 120., y * 38.) + seed) * .6 + noise(vec2(th * 55., y * 18.)) * .4;
  float bmask = bd * ramp(0., .08, face.x) * clamp(face.x * 1.25 - .15 + .7 * (bn - .5) * (1. - .5 * face.x), 0., 1.) * .95;
  c = mix(c, hair.rgb * (.4 + .7 * bn) * .85, bmask);

  // ---- scalp
  float hy = y - texture(hairline, vec2(th / 6.2831853 + .5, .5)).r + (n3 - .5) * .09;
  float scalp = ramp(-.03, mix(.30, .07, step(.9, grain.y)), hy) * ramp(6.7, 6.9, y) * (1. - ears);
  c = mix(c, hair.rgb * (.38 + .45 * n3), scalp * grain.y);
  float mouth = ramp(.4, .6, M.z) * (1. - lip * .7);
  c = mix(c, vec3(.20, .05, .05), mouth);
  float gloss = face.w;
  if (dressed) { c = cloth(); lip = 0.; mouth = 0.; scalp = 0.; bmask = 0.; }

  // ---- light: wrapped and reddened at the terminator, as light that has crossed a little skin
  float nl = dot(n, light.xyz), reached = lit(P, n), vis = mix(1., VIS, .9), ao = mix(1., AO, .95);
  vec3 wrap = dressed ? vec3(.08) : mix(vec3(.22, .16, .13), vec3(.36, .15, .10), ramp(.03, .3, lum));
  vec3 dif = clamp((vec3(nl) + wrap) / (1. + wrap), 0., 1.);
  dif = dif * dif * .3 + dif * .7;
  vec3 shade = pow(vec3(vis), vec3(.75, 1.05, 1.15)) * mix(dressed ? vec3(.25) : vec3(.36, .27, .24), vec3(1.), reached);
  vec3 around = ambient.rgb * (.74 + .26 * n.y) * pow(vec3(ao), vec3(.85, 1.08, 1.18));
  float rim = pow(1. - clamp(n.z, 0., 1.), 3.);
  vec3 h = normalize(light.xyz + vec3(0, 0, 1));
  float nh = clamp(dot(n, h), 0., 1.);
  float oily = .35 + .65 * exp(-ax * ax / .05) * ramp(6.8, 7., y) + .4 * ramp(7.6, 7.8, y);
  float sp = (pow(nh, 18.) * .10 + pow(nh, 50.) * .13 * gloss) * oily * (.4 + gloss) * (1. - bmask) * vis * reached;
  // Deep skin shows form by what it mirrors: sky light at grazing angles keeps it from turning to mud.
  vec3 sky = ambient.rgb * (.05 + .38 * rim) * (.55 + .45 * n.y) * ao * (1. - scalp) * (1. - bmask);
  if (dressed) { sp *= .12; sky *= .3; } else sp *= mix(.5, 1., ramp(.02, .40, lum));
  sp = sp * (1. - scalp * .9) + lip * pow(nh, 40.) * .30 * (.4 + .6 * makeup) * vis;
  vec3 col = c * (around + light_color.rgb * dif * shade) * (1. - .75 * mouth) + sp * (1. - mouth) * light_color.rgb + sky * .22 * (1. - mouth);
  o = vec4(to_screen(col), 1.);
}
