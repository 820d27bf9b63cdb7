// uses surface.glsl
// Boards, tiles, carpet.
void main() {
  vec3 view = toward_camera(), n = facing(view), colour = C.rgb;
  float near = nearness(view), gloss = 0.0;
  vec2 p = shell.y > 0.5 ? L.xy : L.yx;
#if KIND == 0
  float row = floor(p.y / 0.12), x = p.x + 3.0 * hash(vec2(row, 3.0)), tone = hash(vec2(row, floor(x / 1.3)));
  float grain = cloud(vec2(2.5 * x + 9.0 * tone, 38.0 * p.y + 30.0 * tone));
  colour *= (0.72 + 0.34 * tone) * (0.84 + 0.36 * grain);
  float gap = min(min(fract(p.y / 0.12), 1.0 - fract(p.y / 0.12)) * 0.12,
                  min(fract(x / 1.3), 1.0 - fract(x / 1.3)) * 1.3);
  colour *= mix(1.0, 0.6, smoothstep(0.005, 0.0015, gap) * near);
  gloss = 0.32 + 0.13 * grain;
  n = normalize(n + 0.03 * vec3(noise(7.0 * p) - 0.5, 0.0, noise(7.0 * p + 9.0) - 0.5));
#elif KIND == 1
  vec2 c = floor(p / 0.42), g = fract(p / 0.42);
  float gap = min(min(g.x, 1.0 - g.x), min(g.y, 1.0 - g.y)) * 0.42;
  colour *= 0.88 + 0.14 * hash(c) + 0.14 * (cloud(5.0 * p + 20.0 * hash(c)) - 0.5);
  if (shell.z > 0.5 && mod(c.x + c.y, 2.0) > 0.5) colour *= 0.5;
  colour = mix(vec3(0.42, 0.40, 0.37), colour, mix(1.0, smoothstep(0.003, 0.008, gap), near));
  gloss = 0.5;
  n = normalize(n + 0.02 * vec3(noise(5.0 * p) - 0.5, 0.0, noise(5.0 * p + 9.0) - 0.5));
#else
  colour *= 0.8 + 0.2 * cloud(4.0 * p) + (0.28 * (noise(70.0 * p) - 0.5) + 0.16 * (noise(170.0 * p) - 0.5)) * near;
  n = normalize(n + 0.15 * vec3(noise(50.0 * p) - 0.5, 0.0, noise(50.0 * p + 9.0) - 0.5));
#endif
  put(n, gloss, colour, 0.0);
}
