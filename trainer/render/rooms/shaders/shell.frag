// uses surface.glsl
// Walls, ceiling, and what is seen through the window.
void main() {
  int m = int(C.w + 0.5);
  vec3 view = toward_camera(), n = facing(view), colour = C.rgb;
  if (m == WALL) {
#if KIND == 1
    if (L.z > 0.5) colour *= mix(1.06, 0.8, smoothstep(-0.1, 0.1, sin(24.0 * L.x)));
#elif KIND == 2
    if (L.z > 0.5) {
      vec2 g = abs(fract(vec2(1.4 * L.x, 0.95 * L.y)) - 0.5);
      float e = max(g.x, g.y);
      colour *= 1.0 - 0.22 * smoothstep(0.40, 0.42, e) * (1.0 - smoothstep(0.44, 0.46, e));
      n = normalize(n + vec3(0.0, 0.25, 0.0) * smoothstep(0.38, 0.4, e) * (1.0 - smoothstep(0.42, 0.44, e)));
    }
#elif KIND == 3
    if (L.z > 0.5) {
      vec2 b = vec2(4.0 * L.x, 11.0 * L.y);
      b.x += 0.5 * mod(floor(b.y), 2.0);
      vec2 g = fract(b);
      float mortar = smoothstep(0.0, 0.05, g.x) * smoothstep(0.0, 0.12, g.y);
      colour *= mix(0.68, 0.85 + 0.3 * hash(floor(b)), mortar);
      n = normalize(n + 0.12 * (noise(40.0 * L.xy) - 0.5));
    }
#endif
    colour *= 0.96 + 0.06 * cloud(3.0 * L.xy) + 0.02 * noise(60.0 * L.xy);
    put(n, 0.02, colour, 0.0);
  } else if (m == CEILING) {
    put(n, 0.0, colour * (0.97 + 0.05 * cloud(2.0 * L.xy)), 0.0);
  } else {
    float s = window_style.w, high = smoothstep(0.15, 0.75, L.y / (2.0 * window_inward.w) + 0.5 * cloud(vec2(2.5 * L.x + s, 1.0)) - 0.1);
    vec3 trees = ground.rgb * (0.45 + 0.9 * cloud(5.0 * L.xy + s));
    vec3 above = sky.rgb * mix(vec3(1.0), vec3(0.82, 0.95, 1.12), smoothstep(0.4, 1.6, L.y));
    put(n, 0.0, 0.5 * mix(trees, above, high), 1.0);
  }
}
