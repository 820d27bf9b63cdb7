// Shared by all programs. Lengths are decimetres of the rest head; colours are linear unless said.
const float EYE_DISTANCE = 14.;    // of the camera
const float SHADOW_REACH = 1.9;    // half the side of the cube that the shadow map covers
const vec3 SHADOW_CENTRE = vec3(0., .45, 0.);

float hash(vec2 p) { vec3 q = fract(vec3(p.xyx) * .1031); q += dot(q, q.yzx + 33.33); return fract((q.x + q.y) * q.z); }

float noise(vec2 p) {
  vec2 i = floor(p), f = fract(p);
  f = f * f * (3. - 2. * f);
  return mix(mix(hash(i), hash(i + vec2(1, 0)), f.x), mix(hash(i + vec2(0, 1)), hash(i + vec2(1, 1)), f.x), f.y);
}

float ramp(float a, float b, float x) { float t = clamp((x - a) / (b - a), 0., 1.); return t * t * (3. - 2. * t); }
float bump(float x, float width) { return exp(-x * x / (width * width)); }

vec3 turn_head(vec3 q) { return mat3(head_x.xyz, head_y.xyz, head_z.xyz) * q; }
vec3 turn_body(vec3 q) { return mat3(body_x.xyz, body_y.xyz, body_z.xyz) * q; }

vec4 project(vec3 q) {
  vec2 s = q.xy * EYE_DISTANCE / (EYE_DISTANCE - q.z);
  return vec4((s - crop.xy) / crop.z, -q.z * .12, 1.);
}

vec3 shadow_space(vec3 q) {
  q -= SHADOW_CENTRE;
  return vec3(dot(q, light_x.xyz), dot(q, light_y.xyz), -dot(q, light.xyz)) / SHADOW_REACH;
}

// A gentle shoulder, then sRGB's gamma.
vec3 to_screen(vec3 c) { c = max(c, 0.); c = c * (1. + c * .12) / (1. + c * .42) * 1.27; return pow(min(c, 1.), vec3(1. / 2.2)); }
uniform sampler2DShadow shadow_map;
// Share of the light that reaches a point whose normal is n: two taps of a comparing, interpolating sampler.
float lit(vec3 p, vec3 n) {
  vec3 c = shadow_space(p + n * .02) * .5 + .5;
  c.z -= .006;
  const vec3 a = vec3(.0032, .0024, 0.);
  return .5 * (texture(shadow_map, c + a) + texture(shadow_map, c - a));
}
