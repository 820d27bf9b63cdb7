// Surfaces under their light, with reflections of walls and window in what is glossy.
uniform sampler2D places, normals, colours, light;
out vec4 radiance;

vec3 reflected(vec3 p, vec3 r, float rough) {
  vec3 side = vec3(r.x > 0.0 ? 0.5 * room.x - p.x : p.x + 0.5 * room.x, r.y > 0.0 ? room.y - p.y : p.y,
                   r.z > 0.0 ? room.z - p.z : p.z) / max(abs(r), 1e-3);
  float t = min(side.x, min(side.y, side.z));
  int wall = t == side.x ? (r.x < 0.0 ? 0 : 1) : t == side.y ? (r.y < 0.0 ? 2 : 3) : (r.z < 0.0 ? 4 : 5);
  vec3 seen = wall_light[wall].rgb;
  float toward = dot(r, window_inward.xyz);
  if (toward < -0.02) {
    float far = dot(window_centre.xyz - p, window_inward.xyz) / toward, soft = rough * min(far, 2.5) + 0.02;
    vec3 h = p + r * far - window_centre.xyz;
    float inside = (1.0 - smoothstep(window_centre.w - soft, window_centre.w + soft, abs(dot(h, window_along.xyz))))
                 * (1.0 - smoothstep(window_inward.w - soft, window_inward.w + soft, abs(h.y))) * step(0.0, far);
    seen = mix(seen, sky.rgb, inside * min(1.0, 0.25 / soft + 0.15));
  }
  return seen;
}

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  vec4 place = texelFetch(places, pixel, 0), normal = texelFetch(normals, pixel, 0), colour = texelFetch(colours, pixel, 0);
  vec3 p = place.xyz, n = normal.xyz;
  if (colour.w > 0.5) {  // it shines by itself
    radiance = vec4(min(colour.rgb, 30.0), 1.0);
    return;
  }
  ivec2 last = textureSize(light, 0) - 1, base = pixel / STEP, more = ivec2(greaterThan(pixel, base * STEP));
  vec3 sum = vec3(0.0);
  float total = 0.0, width = 0.02 + 0.008 * length(p - camera.xyz);
  for (int k = 0; k < 4; k++) {
    ivec2 step_ = ivec2(k & 1, k >> 1);
    if (any(greaterThan(step_, more))) continue;
    ivec2 q = clamp(base + step_, ivec2(0), last);
    vec3 away = texelFetch(places, q * STEP, 0).xyz - p, m = texelFetch(normals, q * STEP, 0).xyz;
    float c = exp(-abs(dot(away, n)) / width) * pow(max(0.0, dot(m, n)), 4.0) + 2e-4;
    sum += c * texelFetch(light, q, 0).rgb;
    total += c;
  }
  vec3 e = sum / total, out_light = colour.rgb * e / 3.1416;
  float gloss = normal.w;
  if (gloss > 0.03) {
    vec3 view = normalize(p - camera.xyz);
    bool mirror = gloss > 1.0;
    float fresnel = 0.04 + 0.96 * pow(1.0 - clamp(-dot(view, n), 0.0, 1.0), 5.0);
    if (mirror) fresnel = max(fresnel, 0.55);
    vec3 seen = reflected(p, reflect(view, n), mirror ? 0.02 : mix(0.5, 0.10, gloss));
    float full = 3.1416 * dot(wall_light[3].rgb + wall_light[0].rgb, vec3(0.166)) + 1e-4;
    float open = mirror ? 0.8 : clamp(dot(e, vec3(0.333)) / full, 0.1, 1.0);
    out_light += fresnel * min(gloss, 1.0) * seen * open;
  }
  radiance = vec4(min(out_light, 30.0), 1.0);
}
