"""``diti-train``: renders pictures, trains the two stages, measures a run, writes a model pack."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from diti_studio.core.errors import DitiError, UsageError

if TYPE_CHECKING:
    from trainer.config import Config

EXAMPLES = """\
from nothing to a pack:
  diti-train --render faces --count 20000 --out renders
  diti-train --stage dm --preset demo-faces --data renders --run runs/dm
  diti-train --preset demo-faces --dm runs/dm --data renders --run runs/faces
  diti-train --run runs/faces --export-onnx packs/faces
from a pack to one that knows your photos:
  diti-train --init faces --data photos --run runs/mine
  diti-train --run runs/mine --export-onnx packs/mine
from a published checkpoint:
  diti-train --import-reference FOLDER --export-onnx packs/celeba

A run goes on where it stopped when the same command, or diti-train --run FOLDER, is given again.
"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} ({self.prog} --help lists the options).\n")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    out = _Parser(
        prog="diti-train",
        description="Trains DiTi and writes model packs.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    run = out.add_argument_group("training")
    run.add_argument("--run", type=Path, metavar="FOLDER", help="the run folder: a new one, or one to go on with")
    run.add_argument("--preset", metavar="NAME", help="options to begin with, such as demo-faces or celeba64")
    run.add_argument("--stage", choices=("dm", "diti"), help="what is trained (default: diti)")
    run.add_argument(
        "--data", action="append", default=[], metavar="PATH[:WEIGHT]",
        help="a folder of renders or pictures; may be given several times",
    )  # fmt: skip
    run.add_argument("--dm", type=Path, metavar="FOLDER", help="the frozen diffusion model of a new DiTi run")
    run.add_argument(
        "--init", metavar="PACK", help="a model pack, or an earlier run, whose weights a new one starts from"
    )
    run.add_argument("--max-images", type=_count, metavar="N", help="stop when the run has seen N images in all")
    run.add_argument("--batch", type=_count, metavar="N", help="images a step")
    run.add_argument("--rate", type=float, metavar="X", help="learning rate")
    run.add_argument("--threads", type=_count, metavar="N", help="threads of computation")
    run.add_argument("--seed", type=int, metavar="N", help="of training, or of rendering")
    run.add_argument(
        "--set", action="append", default=[], metavar="SECTION.KEY=VALUE",
        help="any option of the configuration, such as objective.loss=dual; may be given several times",
    )  # fmt: skip

    render = out.add_argument_group("rendering")
    render.add_argument("--render", metavar="KIND", help="render pictures with known factors: faces, rooms or shapes")
    render.add_argument("--count", type=_count, metavar="N", help="how many")
    render.add_argument("--out", type=Path, metavar="FOLDER", help="where to; an unfinished folder is finished")
    render.add_argument("--size", type=_count, default=64, metavar="PIXELS", help="their side (default: 64)")
    render.add_argument(
        "--pairs", action="store_true", help="every second picture is the one before it with one attribute changed"
    )
    render.add_argument("--workers", type=_count, metavar="N", help="processes (default: one a core)")

    pack = out.add_argument_group("writing a model pack")
    pack.add_argument(
        "--export-onnx", nargs="?", const="", metavar="PACK", help="write the run as a model pack (default: RUN/pack)"
    )
    pack.add_argument(
        "--import-reference", type=Path, metavar="FOLDER", help="write a run of the official DiTi or PDAE code instead"
    )
    pack.add_argument(
        "--remeasure", type=Path, metavar="PACK", help="find the attributes of a written pack anew, from --data"
    )
    pack.add_argument("--name", help="the pack's name (default: that of its folder)")
    pack.add_argument("--title", help="the pack's title as users read it")
    pack.add_argument("--storage", choices=("fp32", "fp16", "int8"), help="how weights are kept (default: int8)")
    pack.add_argument(
        "--samples", type=Path, action="append", default=[], metavar="PATH", help="pictures that users may start from"
    )
    pack.add_argument(
        "--with", action="append", default=[], metavar="NAME=FOLDER", dest="shown",
        help="photos that show an attribute of your own; needs --without for the same name",
    )  # fmt: skip
    pack.add_argument(
        "--without", action="append", default=[], metavar="NAME=FOLDER", dest="hidden", help="photos that do not"
    )
    pack.add_argument(
        "--unmeasured", action="store_true", help="take directions as they are fitted: quick, for a look at a run"
    )

    use = out.add_argument_group("measuring")
    use.add_argument(
        "--evaluate", action="store_true", help="measure the run, or a pack given as --run: a table, evaluation.json"
    )
    use.add_argument(
        "--parts", type=_words, metavar="A,B", help="what is measured: reconstruction, probes, ...; '' measures nothing"
    )
    use.add_argument(
        "--edited",
        type=_count,
        metavar="N",
        help="pictures of a kind that are edited (default: 12; to find attributes, 4)",
    )
    use.add_argument("--rebuilt", type=_count, metavar="N", help="pictures of a kind that are rebuilt (default: 64)")
    use.add_argument("--generated", type=_count, metavar="N", help="pictures that are made from noise (default: 128)")
    use.add_argument("--sheet", type=Path, metavar="FILE", help="write contact sheets of all attributes")
    use.add_argument("--record", action="store_true", help="put the figures into the pack's manifest")
    return out


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; returns the exit status: 0 done, 2 wrong usage, 3 something is missing or failed."""
    arguments = parser().parse_args(argv)
    command = " ".join(["diti-train", *(sys.argv[1:] if argv is None else argv)])
    try:
        _run(arguments, command)
    except UsageError as error:
        return _fail(error, 2)
    except DitiError as error:
        return _fail(error, 3)
    except KeyboardInterrupt:
        return 130
    return 0


def _run(a: argparse.Namespace, command: str) -> None:
    if a.render is not None:
        _render(a)
        return
    data = [_path(text) for text in a.data]
    if a.import_reference is not None:
        _import(a, data, command)
        return
    if a.remeasure is not None:
        _remeasure(a, data)
        return
    if a.run is None:
        raise UsageError("Nothing to do: give --run FOLDER or --render KIND; diti-train --help shows how.")
    exporting, training = a.export_onnx is not None, _wants_training(a)
    if training or not (exporting or a.evaluate):
        config, stage = _configuration(a)
        with _needs():
            from trainer.stages import train
        if not train(config, stage, a.run, dm=a.dm, init=_init(a), max_images=a.max_images):
            return
    if exporting:
        _export(a, [] if training else data, command)
    if a.evaluate:
        _evaluate(a, data, command)


def _wants_training(a: argparse.Namespace) -> bool:
    asked = (a.preset, a.stage, a.dm, a.init, a.max_images, a.batch, a.rate, a.seed)
    return any(value is not None for value in asked) or bool(a.set)


def _configuration(a: argparse.Namespace) -> tuple[Config, Any]:
    """The options of the run: its own when it exists, else the preset's; then what the command line says."""
    from trainer import config, runs

    stage = a.stage
    if (a.run / runs.CONFIG).is_file() and a.preset is None:
        before, was = runs.read_config(a.run)
        options, stage = before.model_dump(mode="json"), stage or was
    elif a.preset is not None:
        options = config.load_preset(a.preset)
    elif a.init is not None:
        with _needs():
            from trainer import initial
        options = initial.options(Path(a.init))
    else:
        raise UsageError(f"{a.run} is no run yet: give --preset NAME ({', '.join(config.presets())}).")
    stage = stage or "diti"
    settings = [f"{stage}.{name}={getattr(a, name)}" for name in ("batch", "rate") if getattr(a, name) is not None]
    settings += [f"loop.{name}={getattr(a, name)}" for name in ("threads", "seed") if getattr(a, name) is not None]
    options = config.override(options, [*settings, *a.set])
    if a.data:
        options["data"] = {**options.get("data", {}), "sources": [str(text) for text in a.data]}
    return config.resolve(options), stage


def _render(a: argparse.Namespace) -> None:
    if a.count is None or a.out is None:
        raise UsageError("Rendering needs --count N and --out FOLDER.")
    with _needs():
        from trainer.render.dataset import render
    from trainer.attributes import changes
    from trainer.journal import Counter

    pairs = changes(a.render) if a.pairs else ()
    if a.pairs and not pairs:
        raise UsageError(f"No attributes of {a.render} are known: pairs can be rendered of faces and rooms.")
    with Counter("pictures") as counter:
        render(
            a.render, a.count, a.out, size=a.size, seed=a.seed or 0, changes=pairs, workers=a.workers, progress=counter
        )


def _export(a: argparse.Namespace, data: list[Path], command: str) -> None:
    with _needs():
        from trainer.export import export
    from trainer.runs import read_config

    pack = Path(a.export_onnx) if a.export_onnx else a.run / "pack"
    domain = read_config(a.run)[0].domain
    name, title = _names(a, pack.stem if a.export_onnx else a.run.resolve().name)
    export(
        a.run, pack, name=name, title=title, domain=domain, storage=a.storage or "int8", data=data,
        contrasts=_contrasts(a), samples=a.samples, measured=not a.unmeasured, command=command, progress=_say,
    )  # fmt: skip
    _say(f"{pack} is written.")


def _import(a: argparse.Namespace, data: list[Path], command: str) -> None:
    if not a.export_onnx:
        raise UsageError("An import writes a pack: say where to with --export-onnx PACK.")
    with _needs():
        from trainer.reference import import_reference

    pack = Path(a.export_onnx)
    name, title = _names(a, pack.stem)
    import_reference(
        a.import_reference, pack, name=name, title=title, command=command, progress=_say,
        storage=a.storage or "fp32", data=data,
    )  # fmt: skip
    _say(f"{pack} is written.")


def _remeasure(a: argparse.Namespace, data: list[Path]) -> None:
    with _needs():
        from trainer.export import remeasure

    bench = {} if a.edited is None else {"bench": a.edited}
    remeasure(a.remeasure, data=data, contrasts=_contrasts(a), **bench, progress=_say)
    _say(f"{a.remeasure} is measured anew.")


def _evaluate(a: argparse.Namespace, data: list[Path], command: str) -> None:
    with _needs():
        from trainer import tuning
        from trainer.config import parse_source
        from trainer.evaluation import PARTS, evaluate
        from trainer.evaluation.heldout import sets_of_run
        from trainer.runs import CONFIG, read_config

    tuned = (a.run / CONFIG).is_file() and tuning.check(a.run) is not None
    if tuned and not data and not sets_of_run(read_config(a.run)[0]):
        return  # photos of which nothing is known: whether they are given back better is all there is to say
    evaluate(
        a.run, data=data, weights=[parse_source(text)[1] for text in a.data], count=a.edited or 12,
        reconstructed=a.rebuilt or 64, generated=a.generated or 128, parts=PARTS if a.parts is None else a.parts,
        sheet=a.sheet, record=a.record, command=command,
    )  # fmt: skip


def _names(a: argparse.Namespace, folder: str) -> tuple[str, str]:
    name = a.name or _slug(folder)
    return name, a.title or name.replace("-", " ").capitalize()


def _init(a: argparse.Namespace) -> Path | None:
    return Path(a.init) if a.init is not None else None


def _contrasts(a: argparse.Namespace) -> list[tuple[str, Path, Path]]:
    """Pairs --with and --without by their names."""
    sides = [dict(_named(text) for text in texts) for texts in (a.shown, a.hidden)]
    for name in sides[0].keys() ^ sides[1].keys():
        raise UsageError(f"The attribute {name!r} needs both --with and --without.")
    return [(name, folder, sides[1][name]) for name, folder in sides[0].items()]


def _named(text: str) -> tuple[str, Path]:
    name, equals, folder = text.partition("=")
    if not equals or not name.strip() or not folder:
        raise UsageError(f"{text!r} is not understood: write NAME=FOLDER.")
    return name.strip(), Path(folder)


def _slug(text: str) -> str:
    """A name that a pack may have: small letters, digits, dots, dashes."""
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip(".-_")[:64] or "pack"


def _path(text: str) -> Path:
    from trainer.config import parse_source

    return parse_source(text)[0]


class _needs:
    """Turns a missing package into the sentence that names the extra to install."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith(("trainer", "diti_studio")):
            raise DitiError(
                f"The package {error.name} is missing: install the trainer with pip install 'diti-studio[train]'."
            ) from error


def _count(text: str) -> int:
    try:
        value = int(text.replace("_", ""))
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return value


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def _fail(error: DitiError, status: int) -> int:
    _say(f"diti-train: {error}")
    return status
