"""Portraits from factors: deforms the head, dresses it, lights it, and frames it as aligned photographs are."""

from __future__ import annotations

from collections.abc import Sequence

import moderngl
import numpy as np

from trainer.render import collar, glasses, hair, palette
from trainer.render.blend import agedness, target_weights
from trainer.render.context import create_context
from trainer.render.factors import BACKGROUNDS, CLOTHES_STYLES, FaceFactors
from trainer.render.meshes import Head, load_head
from trainer.render.occlusion import load_occlusion
from trainer.render.scalp import load_scalp
from trainer.render.shading import TEXTURE_UNITS, Scene, build_program
from trainer.render.srgb import linear

_SUPERSAMPLING = 2  # a side
_SHADOW_SIZE = 256
_CAMERA = 14.0  # its distance; also in common.glsl
VERSION = 1  # of the pictures: raised whenever the same factors give other bytes
_MATERIALS = ("upper_teeth", "lower_teeth", "tongue", "lash")  # their place is the mask's fourth number


class FaceRenderer:
    """Renders faces at ``size`` pixels a side; holds an OpenGL context, so use it in the thread that made it.

    Raises ``DitiError`` where the head mesh or EGL is missing.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._head = load_head()
        self._scalp = load_scalp()
        self._dresser = hair.HairDresser(self._scalp.surface(self._head, self._head.rest))
        self._tailor = collar.Tailor(self._head)
        self._eyes = self._head.eye_centres(self._head.rest)
        self._corners = self._head.mouth_corners()
        self._ctx = ctx = create_context()
        pixels = size * _SUPERSAMPLING
        depth = ctx.depth_renderbuffer((pixels, pixels))
        self._canvas = ctx.framebuffer([ctx.renderbuffer((pixels, pixels), 4)], depth)
        surfaces = [ctx.texture((pixels, pixels), 4, dtype="f4") for _ in range(4)]
        self._visible = ctx.framebuffer(surfaces, depth)  # the same depth: what hides skin is already there
        shadow_map = ctx.depth_texture((_SHADOW_SIZE, _SHADOW_SIZE))
        shadow_map.compare_func = "<="
        shadow_map.repeat_x = shadow_map.repeat_y = False
        self._shadow = ctx.framebuffer(depth_attachment=shadow_map)
        self._hairline = ctx.texture((64, 1), 1, dtype="f4")
        self._hairline.repeat_y = False
        for texture, unit in zip((shadow_map, self._hairline, *surfaces), TEXTURE_UNITS.values(), strict=True):
            texture.use(unit)
        self._block = ctx.buffer(reserve=Scene.size())
        self._block.bind_to_uniform_block(0)
        self._build_head()
        self._build_hair()
        self._build_glasses()
        self._build_collar()
        square = ctx.buffer(np.array([-1, -1, 3, -1, -1, 3], np.float32).tobytes())
        self._skin = self._mesh("background.vert", "skin.frag", [(square, "2f", "corner")])
        self._background = self._mesh("background.vert", "background.frag", [(square, "2f", "corner")])

    def render(self, factors: Sequence[FaceFactors]) -> np.ndarray:
        """Pictures of some faces, uint8 [N, size, size, 3]."""
        out = np.empty((len(factors), self.size, self.size, 3), np.uint8)
        for k, f in enumerate(factors):
            positions = self._head.deform(target_weights(f))
            _shape_details(self._head, f, positions)
            out[k] = self._render_one(f, positions, self._head.normals(positions))
        return out

    def close(self) -> None:
        """Give the OpenGL context and all that it holds back."""
        self._ctx.release()

    # ---- one picture

    def _render_one(self, f: FaceFactors, positions: np.ndarray, normals: np.ndarray) -> np.ndarray:
        left, right = self._head.eye_centres(positions)
        scene = self._describe(f, positions, left, right)
        self._block.write(scene.bytes())
        self._head_buffer.write(np.concatenate([positions, normals], 1).astype(np.float32).tobytes())
        self._hairline.write(hair.hairline(f).tobytes())
        corners = 0
        if hair.has_ribbons(f):
            locks = self._dresser.grow(f, self._scalp.surface(self._head, positions))
            self._hair_buffer.write(locks.vertices.tobytes())
            corners = locks.corners
        if f.glasses:
            worn = glasses.fit(f, left, right)
            self._glasses_buffer.write(np.concatenate([worn.position, worn.normal], 1).tobytes())
        neck = self._tailor.fit(f, positions)
        self._collar_buffer.write(np.concatenate([neck.position, neck.normal, neck.place], 1).tobytes())

        ctx = self._ctx
        self._shadow.use()
        self._shadow.clear(depth=1.0)
        ctx.enable_only(ctx.DEPTH_TEST)
        self._skin_shadow.render()
        if corners:
            self._hair_shadow.render(vertices=corners)
        if f.glasses:
            self._frame_shadow.render()

        # Nearest first: hidden skin and background, whose shaders cost most, are then never computed.
        self._visible.clear(depth=1.0)
        self._canvas.use()
        if corners:
            self._hair.render(vertices=corners)
        if f.glasses:
            self._frame.render()
        self._collar.render()
        self._mouth.render()
        ctx.enable_only(ctx.DEPTH_TEST | ctx.CULL_FACE)
        self._eye.render()
        self._visible.use()
        self._skin_visible.render()
        self._canvas.use()
        ctx.enable_only(ctx.NOTHING)
        self._skin.render()
        ctx.enable_only(ctx.DEPTH_TEST)
        self._background.render()
        if f.glasses:
            ctx.enable_only(ctx.DEPTH_TEST | ctx.BLEND)
            self._lenses.render()
        return self._read()

    def _read(self) -> np.ndarray:
        k, n = _SUPERSAMPLING, self.size
        raw = np.frombuffer(self._canvas.read(components=4), np.uint8).reshape(n * k, n * k, 4)[::-1]
        wide = raw.astype(np.uint16)
        rows = sum((wide[i::k] for i in range(1, k)), wide[0::k])
        total = sum((rows[:, j::k] for j in range(1, k)), rows[:, 0::k])
        return ((total + k * k // 2) // (k * k)).astype(np.uint8)[..., :3]

    def _describe(self, f: FaceFactors, positions: np.ndarray, left: np.ndarray, right: np.ndarray) -> Scene:
        """All numbers that the shaders need."""
        scene = Scene()
        turn = _rotation(f.yaw, -f.pitch, f.roll)
        body = _rotation(0.4 * f.yaw, 0, 0.2 * f.roll)
        pivot = (left + right) / 2 + np.array([0, -0.6, -1.1], np.float32)
        for axis, name in enumerate("xyz"):
            scene.put(f"head_{name}", turn[:, axis])
            scene.put(f"body_{name}", body[:, axis])
        scene.put("pivot", pivot)
        landmarks = np.stack([left, right, *positions[list(self._corners)]])
        scene.put("crop", *_frame_square(f, (landmarks - pivot) @ turn.T))

        azimuth, elevation = np.radians([f.light_az, f.light_el])
        flat = np.cos(elevation)
        light = np.array([np.sin(azimuth) * flat, np.sin(elevation), np.cos(azimuth) * flat])
        side = np.cross([0, 1, 0], light)
        side /= np.linalg.norm(side)
        scene.put("light", light)
        scene.put("light_local", turn.T @ light)
        scene.put("light_x", side)
        scene.put("light_y", np.cross(light, side))
        warm = np.array([1 + 0.13 * f.light_warmth, 1, 1 - 0.17 * f.light_warmth])
        scene.put("light_color", 0.94 * f.light_intensity * warm)
        scene.put("ambient", palette.triple(f, "ambient"))

        strands = palette.hair(f)
        scene.put("skin", palette.skin(f))
        scene.put("lips", palette.lips(f), 0.9)
        scene.put("hair", strands)
        scene.put("brow", strands * (0.75 - 0.5 * f.brow_dark), 0.6 + 0.25 * f.brow_dark)
        scene.put("iris", palette.iris(f))
        scene.put("face", f.beard, agedness(f.age), f.skin_rosy, f.skin_gloss)
        scene.put("paint", f.freckles, f.makeup, f.brow_thick, f.gender)
        scene.put("eye", self._eyes[0])
        gaze = np.radians([f.gaze_x - 0.35 * f.yaw, f.gaze_y - 0.5 * f.pitch])
        scene.put("gaze", gaze, f.eye_close, max(0.0, f.smile))
        scene.put("clothes", linear(palette.triple(f, "clothes")), 5.78 + 0.36 * f.clothes_neck)
        scene.put("clothes_shape", CLOTHES_STYLES.index(f.clothes_style), f.clothes_pattern)
        scene.put("bg0", palette.triple(f, "bg0"))
        scene.put("bg1", palette.triple(f, "bg1"))
        scene.put("bg", BACKGROUNDS.index(f.bg_kind), np.radians(f.bg_angle), f.bg_blobs, f.bg_seed)
        scene.put("frame", *palette.frame(f))
        scene.put("grain", f.noise_seed, {"bald": 0.75, "buzz": 0.82}.get(f.hair_style, 0.97))
        return scene

    # ---- meshes

    def _mesh(
        self,
        vertex: str,
        fragment: str,
        content: list[tuple[moderngl.Buffer, str, *tuple[str, ...]]],
        indices: moderngl.Buffer | None = None,
        *,
        shadow: bool = False,
    ) -> moderngl.VertexArray:
        """A vertex array of a program; attributes that its compiler has dropped are skipped over."""
        program = build_program(self._ctx, vertex, fragment, shadow=shadow)
        bound: list[tuple[object, ...]] = []
        for buffer, layout, *names in content:
            kept, formats = [], []
            for name, form in zip(names, layout.split(), strict=True):
                if name in program:
                    kept.append(name)
                    formats.append(form)
                else:
                    formats.append(f"{int(form[0]) * 4}x")
            if kept:
                bound.append((buffer, " ".join(formats), *kept))
        return self._ctx.vertex_array(program, bound, indices)

    def _indices(self, triangles: np.ndarray) -> moderngl.Buffer:
        return self._ctx.buffer(np.ascontiguousarray(triangles, np.int32).tobytes())

    def _build_head(self) -> None:
        head, ctx = self._head, self._ctx
        ambient, visibility = load_occlusion(ctx, head)
        mask = np.zeros((len(head.rest), 4), np.float32)
        for k, name in enumerate(("lips", "ears", "inside-mouth")):
            mask[:, k] = head.masks[name]
        for k, part in enumerate(_MATERIALS):
            mask[head.vertices(part), 3] = k
        fixed = ctx.buffer(np.concatenate([head.rest, mask, visibility, ambient[:, None]], 1).astype("f4").tobytes())
        self._head_buffer = ctx.buffer(reserve=len(head.rest) * 24, dynamic=True)
        content = [
            (self._head_buffer, "3f 3f", "pos", "nrm"),
            (fixed, "3f 4f 4f 4f 2f", "rest", "mask", "vis0", "vis1", "vis2"),
        ]
        skin = self._indices(head.triangles("skin"))
        self._skin_visible = self._mesh("head.vert", "visible.frag", content, skin)
        self._skin_shadow = self._mesh("head.vert", "shadow.frag", content, skin, shadow=True)
        self._eye = self._mesh("head.vert", "eye.frag", content, self._indices(head.triangles("eye")))
        self._mouth = self._mesh("head.vert", "mouth.frag", content, self._indices(head.triangles(*_MATERIALS)))

    def _build_hair(self) -> None:
        self._hair_buffer = self._ctx.buffer(reserve=hair.LOCKS * hair.POINTS * 2 * 52, dynamic=True)
        content = [(self._hair_buffer, "3f 3f 3f 4f", "pos", "nrm", "tangent", "detail")]
        indices = self._indices(hair.ribbon_triangles())
        self._hair = self._mesh("hair.vert", "hair.frag", content, indices)
        self._hair_shadow = self._mesh("hair.vert", "shadow.frag", content, indices, shadow=True)

    def _build_glasses(self) -> None:
        self._glasses_buffer = self._ctx.buffer(reserve=glasses.vertex_count() * 24, dynamic=True)
        content = [(self._glasses_buffer, "3f 3f", "pos", "nrm")]
        indices = self._indices(glasses.frame_triangles())
        self._frame = self._mesh("worn.vert", "frame.frag", content, indices)
        self._frame_shadow = self._mesh("worn.vert", "shadow.frag", content, indices, shadow=True)
        self._lenses = self._mesh("worn.vert", "lens.frag", content, self._indices(glasses.lens_triangles()))

    def _build_collar(self) -> None:
        self._collar_buffer = self._ctx.buffer(reserve=collar.vertex_count() * 32, dynamic=True)
        content = [(self._collar_buffer, "3f 3f 2f", "pos", "nrm", "place")]
        self._collar = self._mesh("collar.vert", "collar.frag", content, self._indices(collar.triangles()))


def _shape_details(head: Head, f: FaceFactors, positions: np.ndarray) -> None:
    """What no target gives, in place: teeth that stay behind the lower lip, room for cloth."""
    lower = head.vertices("lower_teeth")
    positions[lower, 1] -= 0.07
    positions[lower, 2] -= 0.05
    smile = max(0.0, f.smile)
    upper = head.vertices("upper_teeth")
    positions[upper, 0] *= 1 - 0.05 * smile  # the corners of a smile are drawn back past the teeth
    positions[upper, 2] -= 0.02 + 0.035 * smile
    skin = head.rest
    shoulder = np.clip((np.abs(skin[:, 0]) - 0.45) / 0.5, 0, 1) * np.clip((6.0 - skin[:, 1]) / 0.3, 0, 1)
    positions[:, 1] += 0.34 * shoulder
    if f.hair_style in hair.LOOSE:  # hair lies over the ears and presses them to the head
        ears = np.flatnonzero(head.masks["ears"] > 0.3)
        positions[ears, 0] -= np.sign(positions[ears, 0]) * 0.65 * np.maximum(np.abs(positions[ears, 0]) - 0.70, 0)


def _rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Degrees about y, then x, then z; [3, 3], for column vectors."""
    (cy, cp, cr), (sy, sp, sr) = (trig(np.radians([yaw, pitch, roll])) for trig in (np.cos, np.sin))
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return (about_z @ about_x @ about_y).astype(np.float32)


def _frame_square(f: FaceFactors, landmarks: np.ndarray) -> tuple[float, float, float]:
    """Centre and half side of FFHQ's square (Karras et al., CVPR 2019, appendix) from the exact landmarks.

    ``landmarks``: left eye, right eye, left and right corner of the mouth after turning, [4, 3].
    """
    q = landmarks[:, :2] * (_CAMERA / (_CAMERA - landmarks[:, 2:]))
    eyes, mouth = (q[0] + q[1]) / 2, (q[2] + q[3]) / 2
    half = max(2.0 * float(np.hypot(*(q[0] - q[1]))), 1.8 * float(np.hypot(*(mouth - eyes))))
    centre = eyes + 0.1 * (mouth - eyes) + 2 * half * np.array([f.crop_dx, f.crop_dy])
    return float(centre[0]), float(centre[1]), half * (1 + f.crop_scale)
