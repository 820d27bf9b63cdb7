in vec2 corner; out vec2 X;
void main() { X = corner; gl_Position = vec4(corner, .999, 1.); }
