// Value noise, from a hash without sine (after Hoskins 2014), so that every machine gives the same.
float hash(vec2 p) {
  vec3 q = fract(p.xyx * 0.1031 + 0.37);
  q += dot(q, q.yzx + 33.33);
  return fract((q.x + q.y) * q.z);
}

float noise(vec2 p) {
  vec2 i = floor(p), f = fract(p);
  f = f * f * (3.0 - 2.0 * f);
  return mix(mix(hash(i), hash(i + vec2(1, 0)), f.x), mix(hash(i + vec2(0, 1)), hash(i + vec2(1, 1)), f.x), f.y);
}

float cloud(vec2 p) { return 0.55 * noise(p) + 0.28 * noise(2.1 * p + 7.0) + 0.17 * noise(4.3 * p + 3.0); }
