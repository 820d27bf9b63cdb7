// Ribbons of hair; detail is across -1..1, along 0..1, chance, light let in.
in vec3 pos, nrm, tangent; in vec4 detail;
out vec3 P, N, T; out vec4 D; out float LIT;
void main() {
  P = turn_head(pos - pivot.xyz); N = turn_head(nrm); T = turn_head(tangent); D = detail;
#ifdef SHADOW
  gl_Position = vec4(shadow_space(P), 1.);
#else
  LIT = lit(P, normalize(N));   // shadows on hair are broad: one look a vertex is enough
  gl_Position = project(P);
#endif
}
