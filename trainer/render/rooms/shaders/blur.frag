// Takes the jitter out of the light, not across edges.
uniform sampler2D places, normals, light;
out vec4 smoothed;

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy), last = textureSize(light, 0) - 1;
  vec3 p = texelFetch(places, pixel * STEP, 0).xyz, n = texelFetch(normals, pixel * STEP, 0).xyz, sum = vec3(0.0);
  float total = 0.0, width = 0.03 + 0.012 * length(p - camera.xyz);
  for (int y = -1; y <= 2; y++) {
    for (int x = -1; x <= 2; x++) {
      ivec2 q = clamp(pixel + ivec2(x, y), ivec2(0), last);
      vec3 away = texelFetch(places, q * STEP, 0).xyz - p, m = texelFetch(normals, q * STEP, 0).xyz;
      float k = exp(-abs(dot(away, n)) / width) * pow(max(0.0, dot(m, n)), 6.0) + 1e-4;
      sum += k * texelFetch(light, q, 0).rgb;
      total += k;
    }
  }
  smoothed = vec4(sum / total, 1.0);
}
