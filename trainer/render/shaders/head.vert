// The head's mesh, the neck following the body. Rest position and masks drive the paint.
in vec3 pos, nrm, rest; in vec4 mask; in vec4 vis0, vis1; in vec2 vis2;
out vec3 P, N, R; out vec4 M; out float VIS, AO;
void main() {
  float w = ramp(5.8, 6.35, rest.y + .25 * (rest.z - .5));
  vec3 q = pos - pivot.xyz, l = light_local.xyz;
  P = mix(turn_body(q), turn_head(q), w);
  N = mix(turn_body(nrm), turn_head(nrm), w);
  R = rest; M = mask;
  VIS = clamp(vis0.x + dot(vis0.yzw, l) + vis1.x * l.x * l.y + vis1.y * l.y * l.z + vis1.z * l.x * l.z
              + vis1.w * (l.x * l.x - l.y * l.y) + vis2.x * (3. * l.z * l.z - 1.), 0., 1.);
  AO = vis2.y;
#ifdef SHADOW
  gl_Position = vec4(shadow_space(P), 1.);
#else
  gl_Position = project(P);
#endif
}
