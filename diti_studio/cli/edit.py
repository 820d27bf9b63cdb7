"""Edit one picture: move attributes or time-step groups, or borrow from a second picture."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from diti_studio.cli import DONE, answer, say
from diti_studio.core import framing, packs, pictures, recipes
from diti_studio.core.edit import Blend, Edit, GroupMove, parse_assignments, parse_range
from diti_studio.core.editor import Detail, Editor, Quality, Settings, Subject, View
from diti_studio.core.errors import PictureError, UsageError
from diti_studio.core.packs import Pack

_LIKE_BLENDS = object()  # --blend-noise without a number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``diti-studio edit``."""
    parser.add_argument("picture", metavar="PICTURE", type=Path)
    parser.add_argument("-o", "--out", metavar="OUT", type=Path, required=True, help="where the result is written")
    parser.add_argument("--pack", metavar="P", help="name or path of the model pack")
    parser.add_argument("--device", default="auto", help="auto, cuda, directml, coreml or cpu")
    moves = parser.add_argument_group("what to change")
    moves.add_argument(
        "--set", metavar="NAME=AMOUNT", action="append", default=[], help="an attribute, in standard deviations"
    )
    moves.add_argument(
        "--group",
        metavar="RANGE=AMOUNT",
        action="append",
        default=[],
        help="time-step groups, as 7 or 16-24 (24 left out), along their principal direction",
    )
    moves.add_argument("--reference", metavar="PICTURE", help="a second picture that lends")
    moves.add_argument("--blend", metavar="RANGE=ALPHA", action="append", default=[], help="what it lends, ALPHA 0..1")
    moves.add_argument(
        "--blend-noise",
        metavar="ALPHA",
        nargs="?",
        type=float,
        const=_LIKE_BLENDS,
        help="also move x_T toward the reference's (without ALPHA: as far as the largest blend)",
    )
    moves.add_argument(
        "--recipe", metavar="FILE", type=Path, help="a recipe, or a picture that carries one; options add to it"
    )
    parser.add_argument("--frame", metavar="F", default="auto", help="auto, whole, centre or X,Y,SIZE[,ANGLE]")
    parser.add_argument(
        "--output", choices=("square", "photo"), default="square", help="the framed square, or the whole photo"
    )
    parser.add_argument(
        "--detail",
        choices=("keep", "model"),
        default="keep",
        help="source pixels plus the change, or the network's own picture",
    )
    parser.add_argument("--steps", metavar="N", type=int, help="network calls for the edit")
    parser.add_argument("--invert-steps", metavar="N", type=int, help="network calls for the inversion")
    parser.add_argument("--no-recipe", action="store_true", help="leave the recipe out of the written file")
    parser.add_argument("--json", action="store_true", help="print a JSON object about the result")  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Edits a picture and prints where it went."""
    if options.output == "photo" and options.detail == "model":
        raise UsageError("--output photo puts the change back into the photo: it cannot be had with --detail model.")
    pack = packs.find(options.pack)
    edit = _edit(options, pack)
    edit.check(pack)
    if edit.needs_reference and edit.reference is None:
        raise UsageError("A blend needs a second picture: name one with --reference.")
    asked = {"steps": options.steps, "invert_steps": options.invert_steps}
    settings = replace(Quality.STANDARD.value, **{name: n for name, n in asked.items() if n is not None})
    for steps in (settings.steps, settings.invert_steps):
        pack.schedule.grid(steps)  # refuses what cannot be walked before anything is loaded
    pictures.check_target(options.out, [options.picture])
    picture = pictures.load(options.picture)
    lender = pictures.load(edit.reference) if edit.reference and edit.needs_reference else None
    sources = [path for path in (options.picture, lender.path if lender else None) if path]

    editor = Editor(pack, options.device)
    for note in editor.notes:
        say(f"diti-studio: {note}")
    subject = _open(editor, picture, options.frame, options.picture)
    reference = _open(editor, lender, "auto", Path(edit.reference or "")) if lender else None
    view = _render(editor, subject, edit, settings, reference, options.detail)
    pixels = view.pixels
    if options.output == "photo":
        change = view.pixels.astype(np.float32) - subject.square
        pixels = framing.put_back(picture.pixels, change, subject.frame)
    recipe = None if options.no_recipe else recipes.seen_from(edit, options.out).to_json()
    written = pictures.save(pixels, options.out, recipe=recipe, exif=picture.exif, sources=sources, overwrite=True)
    if options.json:
        answer(json.dumps({
            "output": str(written), "pack": pack.manifest.name, "device": editor.device.name,
            "edit": json.loads(edit.to_json()),
            "frame": vars(subject.frame), "steps": settings.steps, "invert_steps": settings.invert_steps,
            "seconds": round(view.seconds, 3), "notes": [*editor.notes, *subject.notes],
        }))  # fmt: skip
    else:
        answer(str(written))
    return DONE


def _edit(options: argparse.Namespace, pack: Pack) -> Edit:
    """The recipe file's edit with the options added; later words win over earlier ones."""
    edit = recipes.read(options.recipe) if options.recipe else Edit()
    for name, amount in parse_assignments(options.set, "--set").items():
        edit = edit.with_attribute(name, amount)
    count = len(pack.groups)
    moves, blends = list(edit.groups), list(edit.blends)
    for text, amount in parse_assignments(options.group, "--group").items():
        start, end = parse_range(text, count)
        moves.append(GroupMove(start=start, end=end, amount=amount))
    for text, alpha in parse_assignments(options.blend, "--blend").items():
        start, end = parse_range(text, count)
        if not 0 <= alpha <= 1:
            raise UsageError(f"--blend {text}={alpha:g} is out of bounds: ALPHA goes from 0 to 1.")
        blends.append(Blend(start=start, end=end, alpha=alpha))
    noise = edit.blend_noise
    if options.blend_noise is not None:
        noise = options.blend_noise
        if noise is _LIKE_BLENDS:
            noise = max((blend.alpha for blend in blends), default=0)
        if not 0 <= noise <= 1:
            raise UsageError(f"--blend-noise {noise:g} is out of bounds: ALPHA goes from 0 to 1.")
    reference = options.reference or edit.reference
    if reference and not recipes.is_text(reference):
        raise UsageError("The name of the reference is no text that a recipe could hold: rename the file.")
    return Edit(
        attributes=edit.attributes, groups=tuple(moves), blends=tuple(blends), blend_noise=noise, reference=reference
    )


def _open(editor: Editor, picture: pictures.Picture, frame: str, path: Path) -> Subject:
    try:
        subject = editor.open(picture, frame)
    except PictureError as error:
        raise PictureError(f"{path.name}: {error}") from None
    for note in subject.notes:
        say(f"{path.name}: {note}")
    return subject


def _render(
    editor: Editor, subject: Subject, edit: Edit, settings: Settings, reference: Subject | None, detail: Detail
) -> View:
    show = sys.stderr.isatty()
    last: View | None = None
    for last in editor.render(subject, edit, settings, reference=reference, detail=detail):
        if show:
            sys.stderr.write(f"\r{last.phase} {last.step}/{last.of}   ")
    if show:
        sys.stderr.write("\r" + " " * 40 + "\r")
    assert last is not None
    return last
