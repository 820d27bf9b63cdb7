// What of the head is seen at each pixel, kept for skin.frag. The mesh is finer than the pixels, and a rasteriser
// shades whole blocks of pixels for each triangle: the costly paint is therefore computed once a pixel, afterwards.
in vec3 P, N, R; in vec4 M; in float VIS, AO;
layout(location = 0) out vec4 place; layout(location = 1) out vec4 turned;
layout(location = 2) out vec4 space; layout(location = 3) out vec4 masks;
void main() {
  place = vec4(R, VIS);
  turned = vec4(N, AO);
  space = vec4(P, 1.);
  masks = M;
}
