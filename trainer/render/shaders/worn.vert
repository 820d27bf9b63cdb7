// What is worn on the head: glasses.
in vec3 pos, nrm;
out vec3 P, N;
void main() {
  P = turn_head(pos - pivot.xyz); N = turn_head(nrm);
#ifdef SHADOW
  gl_Position = vec4(shadow_space(P), 1.);
#else
  gl_Position = project(P);
#endif
}
