in vec3 position, normal, local;
in vec4 look;
out vec3 P, N, L;
flat out vec4 C;

void main() {
  P = position;
  N = normal;
  L = local;
  C = look;
  gl_Position = view_projection * vec4(position, 1.0);
}
