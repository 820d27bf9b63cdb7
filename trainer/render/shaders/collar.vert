// The collar turns with the body.
in vec3 pos, nrm; in vec2 place;
out vec3 P, N; out vec2 C;
void main() {
  P = turn_body(pos - pivot.xyz); N = turn_body(nrm); C = place;
#ifdef SHADOW
  gl_Position = vec4(shadow_space(P), 1.);
#else
  gl_Position = project(P);
#endif
}
