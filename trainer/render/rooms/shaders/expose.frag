// The exposed picture at its own size: each pixel is the mean of those it was drawn with, none brighter than film holds.
uniform sampler2D radiances;
out vec4 exposed;

void main() {
  ivec2 at = ivec2(gl_FragCoord.xy) * STEP;
  vec3 sum = vec3(0.0);
  for (int y = 0; y < STEP; y++)
    for (int x = 0; x < STEP; x++) sum += min(texelFetch(radiances, at + ivec2(x, y), 0).rgb * gain.rgb, vec3(6.0));
  exposed = vec4(sum / float(STEP * STEP), 1.0);
}
