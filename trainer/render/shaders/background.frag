// Out-of-focus surroundings. bg: kind (0 wall, 1 window, 2 bokeh, 3 horizon), angle, structure, seed.
in vec2 X; out vec4 o;

vec3 wall(vec3 near, vec3 far) {
  float t = .5 + .5 * dot(X, vec2(cos(bg.y), sin(bg.y))) * .75;
  vec3 c = mix(near, far, ramp(0., 1., t));
  float edge = dot(X, vec2(1., .06 * sin(bg.w))) - 1.3 * sin(bg.w * 3.7);   // a corner of the room, far away
  return c * mix(1., .72, bg.z * ramp(-.12, .12, edge));
}

vec3 window(vec3 near, vec3 far) {
  vec3 c = wall(near * .55, far * .45);
  float x = X.x - .75 * sign(sin(bg.w * 5.1)) - .25 * sin(bg.w * 2.3), y = X.y - .35;
  float pane = ramp(.66, .36, abs(x)) * ramp(1.3, 1.0, abs(y));
  float bars = 1. - .32 * max(bump(x + .05, .10), bump(y - .1 * cos(bg.w), .10));
  vec3 outside = mix(vec3(.95, .97, 1.), near * .5 + .5, .4) * mix(.8, 1.05, ramp(-1., 1., y));
  outside = mix(outside, vec3(.52, .62, .45), .5 * bg.z * ramp(.1, -.7, y));
  return mix(c, outside * bars, pane) + .10 * bump(x, .9);
}

vec3 bokeh(vec3 near, vec3 far) {
  vec3 c = mix(far * .5, near * .75, .5 + .5 * dot(X, vec2(cos(bg.y), sin(bg.y))) * .7);
  vec2 p = X * .9 + bg.w * 1.37;
  c *= .7 + .6 * noise(p * 1.1);
  for (int k = 0; k < 14; k++) {
    float id = float(k) + floor(bg.w * 7.) * 17.;
    vec2 at = vec2(hash(vec2(id, 1.3)), hash(vec2(id, 7.7))) * 2.4 - 1.2;
    float r = mix(.10, .30, hash(vec2(id, 3.1)));
    float d = length(X - at);
    float disc = ramp(r, r * .78, d) * (.75 + .25 * ramp(r * .4, r, d));
    vec3 tint = mix(vec3(1., .86, .62), mix(near, far, hash(vec2(id, 9.))) * .6 + .45, hash(vec2(id, 5.)));
    c += tint * disc * .30 * bg.z * mix(.4, 1., hash(vec2(id, 11.)));
  }
  return c;
}

vec3 horizon(vec3 near, vec3 far) {
  float y = X.y - .35 * sin(bg.w * 1.9) - .06 * X.x * cos(bg.w);
  vec3 sky = mix(mix(vec3(.92, .94, .97), near, .35), mix(vec3(.45, .62, .85), near, .45), ramp(-.2, 1.2, y));
  float leaves = noise(X * 2.3 + bg.w) * .6 + noise(X * 5.1 + bg.w * 2.) * .4;
  vec3 land = mix(mix(vec3(.24, .33, .15), far, .5), mix(vec3(.42, .38, .28), far, .4), ramp(-.2, -1.1, y));
  land *= .8 + .5 * leaves * bg.z;
  float crest = .30 * bg.z * (noise(vec2(X.x * 1.4 + bg.w * 3., 2.)) - .5) + .10 * bg.z * (leaves - .5);
  return mix(land, sky, ramp(-.16, .16, y + crest));
}

void main() {
  vec3 c = bg.x < .5 ? wall(bg0.rgb, bg1.rgb) : bg.x < 1.5 ? window(bg0.rgb, bg1.rgb)
         : bg.x < 2.5 ? bokeh(bg0.rgb, bg1.rgb) : horizon(bg0.rgb, bg1.rgb);
  o = vec4(clamp(c, 0., 1.), 1.);
}
