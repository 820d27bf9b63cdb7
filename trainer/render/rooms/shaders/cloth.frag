// uses surface.glsl
// Covers, pillows and other fabric: folds, threads and printed patterns.
vec3 printed(vec2 q, vec3 a, vec3 b, int kind) {
  q *= cloth.x;
  if (kind == 1) return mix(a, b, smoothstep(-0.25, 0.25, sin(24.0 * q.x)));
  if (kind == 2) {
    vec2 band = smoothstep(-0.2, 0.2, sin(20.0 * q));
    return mix(a, b, 0.5 * band.x + 0.5 * band.y);
  }
  if (kind == 3) {
    vec2 cell = fract(7.0 * q + vec2(0.5 * mod(floor(7.0 * q.y), 2.0), 0.0)) - 0.5;
    return mix(b, a, smoothstep(0.2, 0.26, length(cell)));
  }
  return a;
}

void main() {
  int m = int(C.w + 0.5), kind = int(cover_pattern.w + 0.5);
  vec3 view = toward_camera(), n = facing(view), colour = C.rgb;
  vec3 side = abs(n);
  vec2 q = side.y > 0.6 ? L.xz : vec2(side.x > 0.5 ? L.z : L.x, L.y + (side.x > 0.5 ? 0.3 : 0.0));
  float size = m == COVER ? 6.0 : 9.0, wrinkles = cloth.y, s = cloth.w;
  vec3 fold = vec3(noise(L.xz * size + L.y * 4.0 + s), noise(L.zy * size + 3.0 + L.x * 4.0 + s),
                   noise(L.xy * size + 9.0 + L.z * 3.0 + s)) - 0.5;
  vec3 crease = vec3(noise(L.xz * size * 2.7 + L.y * 9.0), noise(L.zy * size * 2.7 + 5.0),
                     noise(L.xy * size * 2.7 + 2.0)) - 0.5;
  float depth = wrinkles * (m == FABRIC ? 0.4 : cloth.z > 0.5 ? 1.0 : 0.35);
  n = normalize(n + depth * (0.34 * fold + 0.22 * crease));
  float thread = noise(q * vec2(90.0, 140.0));
  if (m == COVER && kind == 4) {
    vec2 diamond = abs(fract((L.xz + 0.4 * L.y) * cloth.x * 3.6 * mat2(0.7, 0.7, -0.7, 0.7)) - 0.5);
    float seam = max(diamond.x, diamond.y);
    colour *= 1.0 - 0.22 * smoothstep(0.4, 0.5, seam);
    vec3 bend = vec3(sign(fract(3.0 * L.x) - 0.5), 0.0, sign(fract(3.0 * L.z) - 0.5));
    n = normalize(n + 0.35 * bend * smoothstep(0.36, 0.5, seam));
  } else if (m == COVER) {
    colour = printed(q, colour, cover_pattern.rgb, kind);
  }
  colour *= 0.92 + 0.12 * thread + 0.1 * (fold.x + crease.y) * wrinkles;
  float rim = pow(1.0 - clamp(dot(n, normalize(view)), 0.0, 1.0), 3.0);
  colour = mix(colour, colour * 1.25 + 0.03, 0.6 * rim);  // fuzz
  put(n, 0.0, colour, 0.0);
}
