// uses surface.glsl
// Rugs, pictures on the wall, books.
vec3 muted(vec3 c, float saturation) {
  c = mix(vec3(dot(c, vec3(0.333))), c, saturation);
  return c * c * 0.8 + 0.03;
}

vec3 dice(float s, float k) { return vec3(hash(vec2(s, k)), hash(vec2(s, k + 1.0)), hash(vec2(s, k + 2.0))); }

// Sky over a horizon, ranges of hills that darken toward the front, perhaps water or a sun; u in [0, 1].
vec3 landscape(vec2 u, float s) {
  float warm = hash(vec2(s, 4.0)), line = 0.38 + 0.22 * hash(vec2(s, 9.0));
  vec3 high = mix(vec3(0.35, 0.5, 0.68), vec3(0.62, 0.52, 0.5), warm);
  vec3 low = mix(vec3(0.8, 0.84, 0.86), vec3(0.93, 0.75, 0.55), warm);
  vec3 sky = mix(low, high, smoothstep(line, 1.0, u.y + 0.08 * cloud(vec2(3.0 * u.x + s, 6.0 * u.y))));
  float glow = length((u - vec2(0.2 + 0.6 * hash(vec2(s, 5.0)), line + 0.2)) * vec2(1.0, 1.1));
  sky = mix(vec3(0.97, 0.92, 0.78), sky, smoothstep(0.035, 0.09, glow));
  vec3 land = mix(vec3(0.2, 0.3, 0.2), vec3(0.34, 0.29, 0.2), hash(vec2(s, 6.0)));
  vec3 colour = sky;
  for (int i = 0; i < 3; i++) {
    float k = float(i), top = line + 0.12 - 0.13 * k;
    float ridge = top + (0.2 - 0.05 * k) * (noise(vec2(u.x * (2.0 + k) + s * 7.0 + 3.0 * k, k)) - 0.5)
                + 0.03 * noise(vec2(u.x * 14.0 + s, k));
    colour = mix(mix(low, land, 0.35 + 0.3 * k), colour, smoothstep(ridge - 0.008, ridge + 0.008, u.y));
  }
  float lake = step(0.6, hash(vec2(s, 7.0))) * smoothstep(line - 0.14, line - 0.16, u.y);
  colour = mix(colour, mix(low, high, 0.4 + 0.3 * noise(vec2(4.0 * u.x, 40.0 * u.y))), 0.8 * lake);
  return colour * colour;
}

// A few wide fields of related colours with calm edges, and a disc.
vec3 abstraction(vec2 u, float s) {
  float saturation = 0.25 + 0.35 * hash(vec2(s, 6.0));
  vec3 ground = vec3(0.78, 0.75, 0.69), a = muted(dice(s, 1.0), saturation), b = muted(dice(s, 13.0), saturation);
  float style = hash(vec2(s, 8.0)), wave = 0.03 * (cloud(vec2(3.0 * u.x + s, 1.0)) - 0.5);
  vec3 colour = ground;
  if (style < 0.5) {
    float cut = 0.35 + 0.3 * hash(vec2(s, 9.0)), second = cut * (0.35 + 0.3 * hash(vec2(s, 10.0)));
    colour = mix(b, colour, smoothstep(cut - 0.01, cut + 0.01, u.y + wave));
    colour = mix(a, colour, smoothstep(second - 0.01, second + 0.01, u.y + wave));
    vec2 centre = vec2(0.3 + 0.4 * hash(vec2(s, 11.0)), 0.66 + 0.1 * hash(vec2(s, 12.0)));
    colour = mix(mix(a, b, 0.3), colour, smoothstep(0.13, 0.145, length(u - centre)));
  } else {
    float turn = 0.5 + hash(vec2(s, 9.0));
    vec2 v = mat2(cos(turn), sin(turn), -sin(turn), cos(turn)) * (u - 0.5);
    colour = mix(colour, a, smoothstep(0.02, -0.02, v.x + 0.12 + 2.0 * wave));
    colour = mix(colour, b, smoothstep(0.01, -0.01, length(v - vec2(0.12, -0.1)) - 0.2));
    colour = mix(colour, mix(a, vec3(0.02), 0.6), smoothstep(0.012, 0.004, abs(v.y - 0.2 * v.x + wave)));
  }
  return colour * (0.9 + 0.15 * noise(60.0 * u));
}

void main() {
  int m = int(C.w + 0.5);
  vec3 view = toward_camera(), n = facing(view), colour = C.rgb, side = abs(n);
  float gloss = 0.0;
  if (m == RUG) {
    vec3 other = rug_pattern.rgb;
    vec2 r = L.xz;
    int kind = int(rug_pattern.w + 0.5);
    float edge = max(abs(r.x), abs(r.y)), near = nearness(view);
    if (kind == 1) {
      colour = mix(colour, other, smoothstep(0.78, 0.80, edge) * (1.0 - smoothstep(0.90, 0.92, edge)));
    } else if (kind == 2) {
      colour = mix(colour, other, smoothstep(-0.15, 0.15, sin(20.0 * r.x)));
    } else if (kind == 3) {
      float d = length(r), petals = 0.06 + 0.05 * cos(10.0 * atan(r.y, r.x));
      colour = mix(colour, other, smoothstep(0.02, -0.02, abs(d - 0.5) - petals));
      colour = mix(colour, other, smoothstep(0.82, 0.84, edge) * (1.0 - smoothstep(0.92, 0.94, edge)));
      colour = mix(colour, 0.6 * other + 0.1, 0.5 * smoothstep(0.25, 0.2, d)) * (0.85 + 0.3 * noise(r * vec2(14.0, 11.0)));
    }
    colour *= 0.84 + 0.2 * cloud(6.0 * P.xz) + 0.3 * (noise(80.0 * P.xz) - 0.5) * near;
    n = normalize(n + 0.12 * vec3(noise(60.0 * P.xz) - 0.5, 0.0, noise(60.0 * P.xz + 9.0) - 0.5));
  } else if (m == PICTURE) {
    vec2 u = L.xy / C.gb;
    float s = floor(64.0 * L.z + 0.5) / 64.0 + 17.0 * fract(C.r);  // rounded: a hash magnifies what interpolation does
    float margin = hash(vec2(s, 21.0)) > 0.4 ? 0.055 : 0.0;
    vec2 rim = min(L.xy, C.gb - L.xy);
    if (min(rim.x, rim.y) < margin) {
      colour = vec3(0.8, 0.79, 0.76);
    } else {
      u = (L.xy - margin) / (C.gb - 2.0 * margin);
      colour = C.r < 1.0 ? landscape(u, s) : abstraction(u, s);
    }
    gloss = 0.12;
  } else {  // BOOKS
    float x = L.x / 0.03, k = floor(x + 40.0), high = hash(vec2(k, 50.0 * C.r));
    vec3 back = muted(vec3(hash(vec2(k, 1.0 + 9.0 * C.g)), hash(vec2(k, 2.0 + 9.0 * C.b)), high), 0.5);
    colour = side.y > 0.7 ? vec3(0.6, 0.56, 0.48) : back;
    colour *= 1.0 - 0.6 * smoothstep(0.40, 0.5, abs(fract(x) - 0.5)) * (side.x > 0.6 ? 0.0 : 1.0);
  }
  put(n, gloss, colour, 0.0);
}
