// The light that falls on each place: diffuse light of the room, window, sun, lamps; all with their shadows.
uniform sampler2D places, normals;
uniform sampler2DShadow shadows;
out vec4 irradiance;

vec2 jitter;  // blurs shadows over neighbouring pixels

float lit(int k, vec3 p, float bias) {
  vec4 c = shadow_projection[k] * vec4(p, 1.0);
  if (c.w <= 0.05) return 1.0;
  vec3 s = c.xyz / c.w;
  if (max(abs(s.x), abs(s.y)) > 0.985) return 1.0;
  vec2 t = clamp(s.xy * 0.5 + 0.5 + jitter, 0.01, 0.99);
  return texture(shadows, vec3((vec2(k % 4, k / 4) + t) * 0.25, s.z * 0.5 + 0.5 - bias));
}

// Darkening toward the edges of the room.
float corners(vec3 p, vec3 n) {
  vec3 low = vec3(p.x + 0.5 * room.x, p.y, p.z), high = vec3(0.5 * room.x - p.x, room.y - p.y, room.z - p.z);
  vec3 along = 1.0 - abs(n);
  vec3 near = (1.0 - along * (0.28 * exp(-low / 0.22) + 0.12 * exp(-low / 0.7)))
            * (1.0 - along * (0.28 * exp(-high / 0.22) + 0.12 * exp(-high / 0.7)));
  return near.x * near.y * near.z;
}

// Occlusion by what is seen around the place, within a quarter of a metre.
float crevices(ivec2 at, vec3 p, vec3 n, float angle, float offset) {
  vec4 c = view_projection * vec4(p, 1.0);
  vec2 reach = vec2(textureSize(places, 0)) * 0.5 * 0.28 * camera.w / c.w;
  float sum = 0.0;
  for (int i = 0; i < 9; i++) {
    float t = (float(i) + 0.5 + 0.5 * offset) / 9.0, a = 2.4 * float(i) + angle;
    ivec2 q = at + ivec2(vec2(cos(a), sin(a)) * reach * sqrt(t));
    if (any(lessThan(q, ivec2(0))) || any(greaterThanEqual(q, textureSize(places, 0)))) continue;
    vec3 v = texelFetch(places, q, 0).xyz - p;
    float d = length(v) + 1e-4;
    sum += max(0.0, dot(n, v) / d - 0.12) * smoothstep(0.45, 0.084, d);
  }
  return 1.0 - clamp(0.21 * sum, 0.0, 0.85);
}

vec3 from_window(vec3 p, vec3 lifted, vec3 n) {
  vec3 centre = window_centre.xyz, along = window_along.xyz;
  float half_width = window_centre.w, half_height = window_inward.w, sum = 0.0;
  for (int k = 0; k < 4; k++) {
    vec2 uv = vec2(float(k & 1) - 0.5, float(k >> 1) - 0.5) * vec2(1.1, 1.0);
    vec3 l = centre + along * uv.x * half_width + vec3(0, 1, 0) * uv.y * half_height - p;
    float d2 = dot(l, l);
    l *= inversesqrt(d2);
    float c = max(0.0, (dot(n, l) + 0.04) / 1.04) * max(0.0, -dot(window_inward.xyz, l));
    if (c > 0.0) sum += c / (d2 + 0.25) * lit(k, lifted, 0.0015);
  }
  return sky.rgb * window_along.w * half_width * half_height * sum;
}

// The patch of sun that the opening lets in, cut by its bars.
vec3 from_sun(vec3 p, vec3 lifted, vec3 n) {
  vec3 centre = window_centre.xyz, toward = sun.xyz;
  float slant = dot(n, toward), inward = dot(toward, -window_inward.xyz);
  if (slant <= 0.0 || inward < 0.05 || sun.w <= 0.0) return vec3(0.0);
  float t = dot(centre - p, window_inward.xyz) / dot(toward, window_inward.xyz);
  vec3 h = p + toward * t - centre;
  float x = dot(h, window_along.xyz), u = abs(x), v = abs(h.y), e = 0.02 + 0.02 * t;
  float w = window_centre.w, high = window_inward.w, open = window_style.y;
  float bars = window_style.x > 0.5 ? smoothstep(0.02 - 0.3 * e, 0.03 + e, w > 0.85 ? abs(u - 0.34 * w) : u) : 1.0;
  if (window_style.x > 1.5) bars *= smoothstep(0.0, 0.02 + e, abs(h.y - 0.1 * high));
  float k = (1.0 - smoothstep(w * open - e, w * open + e, u)) * (1.0 - smoothstep(high - e, high + e, v)) * step(0.0, t);
  k *= bars * (h.y < high - 2.0 * high * window_style.z ? 1.0 : 0.0);
  return k > 0.0 ? sun_colour.rgb * sun.w * slant * k * lit(SUN_SHADOW, lifted, 0.004) : vec3(0.0);
}

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy), at = pixel * STEP;
  vec4 place = texelFetch(places, at, 0);
  vec3 p = place.xyz, n = texelFetch(normals, at, 0).xyz;
  int m = int(place.w + 0.5), b = (pixel.x & 3) + 4 * (pixel.y & 3);
  float angle = float((7 * b) % 16) * 0.3927 + 0.2, offset = sqrt(float((5 * b) % 16) + 0.5) / 4.0;
  jitter = vec2(cos(angle), sin(angle)) * offset * 2.6 / 128.0;
  vec3 lifted = p + 0.035 * n, total = vec3(0.0);
  float open = crevices(at, p, n, angle, offset);

  vec3 diffused = vec3(0.0);
  float weight = 0.0;
  for (int i = 0; i < 8; i++) {
    vec3 d = diffuse[i].xyz, share = d * d;
    float c = (dot(n, d) + 0.12) * diffuse[i].w;
    if (c <= 0.0) continue;
    weight += c;
    vec3 light = share.x * wall_light[d.x < 0.0 ? 0 : 1].rgb + share.y * wall_light[3].rgb
               + share.z * wall_light[d.z < 0.0 ? 4 : 5].rgb;
    diffused += c * light * mix(0.10, 1.0, lit(FIRST_DIFFUSE_SHADOW + i, lifted, 0.006));
  }
  float below = 0.9 * max(0.0, -n.y) + 0.33 * (1.0 - abs(n.y));
  diffused += below * wall_light[2].rgb * mix(0.35, 1.0, smoothstep(0.0, 0.8, p.y + (abs(n.y) < 0.5 ? 0.25 : 0.0)));
  total += 3.1416 * diffused / max(weight + below, 0.2) * corners(p, n) * open * open;

  total += from_window(p, lifted, n) * mix(0.7, 1.0, open) + from_sun(p, lifted, n);
  for (int i = 0; i < 2; i++) {
    if (lamp[i].w <= 0.0) continue;
    vec3 l = lamp[i].xyz - p;
    float d2 = dot(l, l);
    l *= inversesqrt(d2);
    float cone = 0.22 + 0.95 * smoothstep(0.25, 0.8, abs(l.y));  // light leaves the shade upward and downward
    total += lamp_colour.rgb * max(0.0, (dot(n, l) + 0.12) / 1.12) * cone / (d2 + 0.05) * mix(0.45, 1.0, open);
  }
  if (ceiling_lamp.w > 0.0) {
    vec3 l = ceiling_lamp.xyz - p;
    float d2 = dot(l, l);
    l *= inversesqrt(d2);
    float c = max(0.0, (dot(n, l) + 0.05) / 1.05);
    total += ceiling_colour.rgb * c / (d2 + 0.12) * lit(CEILING_SHADOW, lifted, 0.0012) * mix(0.6, 1.0, open);
  }
  if (m == CURTAIN) {  // light from outside shines through
    float x = abs(dot(p - window_centre.xyz, window_along.xyz)), y = abs(p.y - window_centre.y);
    float w = window_centre.w, high = window_inward.w;
    total += 0.63 * sky.rgb * window_along.w * (1.0 - smoothstep(0.9 * w, w + 0.35, x))
           * (1.0 - smoothstep(0.8 * high, high + 0.25, y));
  }
  if (m == LEAF) total *= 1.25;
  irradiance = vec4(total, 1.0);
}
