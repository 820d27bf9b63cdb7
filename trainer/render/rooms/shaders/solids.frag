// uses surface.glsl
// Wood, metal, leaves, shades, curtains, mirrors and what has no texture.
void main() {
  int m = int(C.w + 0.5);
  vec3 view = toward_camera(), n = facing(view), colour = C.rgb;
  vec3 side = abs(n);
  vec2 q = side.y > 0.6 ? L.xz : vec2(side.x > 0.5 ? L.z : L.x, L.y + (side.x > 0.5 ? 0.3 : 0.0));
  float gloss = 0.0, light = 0.0;
  if (m == WOOD) {
    float grain = cloud(vec2(3.0 * L.x + 3.0 * L.z, 24.0 * L.y + 3.0 * L.x));
    colour *= 0.82 + 0.32 * grain;
    gloss = 0.2;
  } else if (m == SHADE) {
    bool above = P.y > room.y - 0.95;
    float lit = above ? shell.w : shade_light.w;
    if (lit > 0.0) {
      float edge = abs(dot(n, normalize(view)));
      colour = mix(colour, vec3(1.0), 0.35) * shade_light.rgb * lit * (1.15 - 0.4 * edge);
      light = 1.0;
    }
  } else if (m == CURTAIN) {
    colour *= 0.9 + 0.15 * noise(q * vec2(120.0, 90.0));
  } else if (m == METAL) {
    gloss = 0.5;
  } else if (m == LEAF) {
    colour = mix(colour * (0.75 + 0.6 * noise(30.0 * L.xy)), vec3(0.03, 0.08, 0.02), 0.25);
    gloss = 0.15;
  } else if (m == MIRROR) {
    colour *= 0.25;
    gloss = 1.2;
  }
  put(n, gloss, colour, light);
}
