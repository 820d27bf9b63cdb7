uniform int tile;
in vec3 position;

void main() { gl_Position = shadow_projection[tile] * vec4(position, 1.0); }
