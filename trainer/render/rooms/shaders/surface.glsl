// What all surfaces share: P place in the room, N normal, L place on the piece, C colour and material.
in vec3 P, N, L;
flat in vec4 C;
layout(location = 0) out vec4 out_place;   // place, material
layout(location = 1) out vec4 out_normal;  // normal, gloss (above 1: a mirror)
layout(location = 2) out vec4 out_colour;  // albedo, or radiance where w is 1

vec3 toward_camera() { return camera.xyz - P; }

vec3 facing(vec3 view) {
  vec3 n = normalize(N);
  return dot(n, view) < 0.0 ? -n : n;
}

// Fine detail fades with the distance, where it would only flicker.
float nearness(vec3 view) { return smoothstep(6.0, 2.0, length(view)); }

void put(vec3 n, float gloss, vec3 colour, float light) {
  out_place = vec4(P, C.w);
  out_normal = vec4(n, gloss);
  out_colour = vec4(max(colour, 0.0), light);
}
