"""Edit one picture: move attributes or time-step groups, or borrow from a second picture."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

from diti_studio.cli import DONE, answer, say
from diti_studio.core import export, metadata, packs, pictures, recipes, series
from diti_studio.core.colour import Profile
from diti_studio.core.edit import Blend, Edit, GroupMove, parse_assignments, parse_range
from diti_studio.core.editor import Detail, Editor, Quality, Settings, Subject, View
from diti_studio.core.errors import PictureError, UsageError
from diti_studio.core.metadata import Metadata
from diti_studio.core.packs import Pack
from diti_studio.core.series import Series

_LIKE_BLENDS = object()  # --blend-noise without a number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``diti-studio edit``."""
    parser.add_argument("picture", metavar="PICTURE", type=Path)
    parser.add_argument("-o", "--out", metavar="OUT", type=Path, required=True, help="where the result is written")
    parser.add_argument("--pack", metavar="P", help="name or path of the model pack")
    parser.add_argument("--device", default="auto", help="auto, cuda, directml, coreml or cpu")
    add_moves(parser)
    add_looks(parser)
    parser.add_argument(
        "--metadata", choices=get_args(Metadata), default="keep", help="of the camera: all, without the place, or none"
    )
    add_profile(parser)
    many = parser.add_argument_group("many pictures of one")
    several = many.add_mutually_exclusive_group()
    several.add_argument(
        "--sweep",
        metavar="NAME[=FROM:TO:N]",
        help="an animation, .webp, .gif or .mp4, of an attribute over its range, or at N amounts",
    )
    several.add_argument("--sheet", action="store_true", help="a contact sheet of all the pack's attributes")
    many.add_argument(
        "--size",
        metavar="N",
        type=int,
        default=series.SIDE,
        help="longest side of an animation, in pixels (%(default)s)",
    )
    parser.add_argument("--no-recipe", action="store_true", help="leave the recipe out of the written file")
    parser.add_argument("--json", action="store_true", help="print a JSON object about the result")  # fmt: skip


def add_moves(parser: argparse.ArgumentParser, *, many_references: bool = False) -> None:
    """The options that make an edit, which ``edit_from`` reads; many references are left to the caller."""
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
    if many_references:
        moves.add_argument(
            "--reference", metavar="PICTURE", action="append", default=[], dest="references",
            help="a picture that lends; given several times, each lends to a result of its own",
        )  # fmt: skip
        parser.set_defaults(reference=None)
    else:
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
        "--recipe",
        metavar="FILE",
        type=Path,
        help="a recipe, a .diti document, or a picture that carries one; options add to it",
    )


def add_profile(parser: argparse._ActionsContainer) -> None:
    """In which colours a picture is written."""
    parser.add_argument(
        "--profile",
        choices=get_args(Profile),
        default="own",
        help="the photo's own colours, where a file can hold them, or sRGB, as for the web",
    )


def add_looks(parser: argparse.ArgumentParser) -> None:
    """How a picture is framed, walked and shown."""
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


def run(options: argparse.Namespace) -> int:
    """Edits a picture and prints where it went."""
    if options.output == "photo" and options.detail == "model":
        raise UsageError("--output photo puts the change back into the photo: it cannot be had with --detail model.")
    pack = packs.find(options.pack)
    edit = edit_from(options, pack)
    edit.check(pack)
    if edit.needs_reference and edit.reference is None:
        raise UsageError("A blend needs a second picture: name one with --reference.")
    settings = settings_from(options, pack)
    many = _series(options, edit, pack)
    picture = pictures.load(options.picture)
    lender = pictures.load(edit.reference) if edit.reference and edit.needs_reference else None
    sources = [path for path in (options.picture, lender.path if lender else None) if path]

    editor = Editor(pack, options.device)
    for note in editor.notes:
        say(f"diti-studio: {note}")
    subject = _open(editor, picture, options.frame, options.picture)
    reference = _open(editor, lender, "auto", Path(edit.reference or "")) if lender else None
    if many is not None:
        shown = many.render(
            editor, subject, settings, reference=reference, detail=options.detail, side=options.size, passed=_show
        )
        _end_line()
        written = pictures.write(many.encode(shown, title=options.picture.name), options.out, sources)
        answer(json.dumps({"output": str(written), "device": editor.device.name}) if options.json else str(written))
        return DONE
    view = _render(editor, subject, edit, settings, reference, options.detail)
    made = export.develop(
        subject, view.pixels, area=options.output, detail=options.detail, profile=options.profile
    )  # fmt: skip
    recipe = None if options.no_recipe else recipes.seen_from(edit, options.out).to_json()
    exif = metadata.kept(picture.exif, options.metadata)
    written = pictures.save(
        made.pixels, options.out, recipe=recipe, exif=exif, profile=made.profile, sources=sources
    )  # fmt: skip
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


def _series(options: argparse.Namespace, edit: Edit, pack: Pack) -> Series | None:
    """What is asked for instead of one picture; raises DitiError for what cannot be had, before anything is loaded."""
    if not (options.sweep or options.sheet):
        pictures.check_target(options.out, [options.picture])
        return None
    if options.output == "photo":
        raise UsageError("--output photo cannot be had with --sweep or --sheet: they show the framed square.")
    if options.no_recipe or options.metadata != "keep":
        raise UsageError("--metadata and --no-recipe have no use with --sweep or --sheet: those carry neither.")
    if not series.MIN_SIDE <= options.size <= series.MAX_SIDE:
        raise UsageError(
            f"--size {options.size} is out of bounds: an animation has {series.MIN_SIDE} to {series.MAX_SIDE} pixels "
            "a side."
        )
    sweep = series.sweep_of(options.sweep, pack) if options.sweep else None
    return Series.of(edit, pack, options.out, sweep, sources=[options.picture])


def edit_from(options: argparse.Namespace, pack: Pack) -> Edit:
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
        attributes=edit.attributes, groups=tuple(moves), blends=tuple(blends), blend_noise=noise, off=edit.off,
        reference=reference,
    )  # fmt: skip


def settings_from(options: argparse.Namespace, pack: Pack) -> Settings:
    """The numbers of network calls; raises UsageError for what cannot be walked, before anything is loaded."""
    asked = {"steps": options.steps, "invert_steps": options.invert_steps}
    settings = replace(Quality.STANDARD.value, **{name: n for name, n in asked.items() if n is not None})
    for steps in (settings.steps, settings.invert_steps):
        pack.schedule.grid(steps)
    return settings


def _open(editor: Editor, picture: pictures.Picture, frame: str, path: Path) -> Subject:
    try:
        subject = editor.open(picture, frame)
    except PictureError as error:
        raise PictureError(f"{path.name}: {error}") from None
    if frame == "auto" and not subject.faces and editor.pack.manifest.framing.aligns:
        other = packs.for_any_picture()
        if other is not None:
            hint = f"the pack {other.manifest.name} needs no face: --pack {packs.name_of(other.path)}"
            subject = replace(subject, notes=(*subject.notes, hint))
    for note in subject.notes:
        say(f"{path.name}: {note}")
    return subject


def _render(
    editor: Editor, subject: Subject, edit: Edit, settings: Settings, reference: Subject | None, detail: Detail
) -> View:
    last: View | None = None
    for last in editor.render(subject, edit, settings, reference=reference, detail=detail):
        _show(last)
    _end_line()
    assert last is not None
    return last


def _show(view: View) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{view.phase} {view.step}/{view.of}   ")


def _end_line() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r" + " " * 40 + "\r")
