// Ribbons of hair; detail is across -1..1, along 0..1, chance, light let in.
in vec3 pos, nrm, tangent; in vec4 detail;
out vec3 P, N, T; out vec4 D;
void main() {
  P = turn_head(pos - pivot.xyz); N = turn_head(nrm); T = turn_head(tangent); D = detail;
#ifdef SHADOW
  gl_Position = vec4(shadow_space(P), 1.);
#else
  gl_Position = project(P);
#endif
}
