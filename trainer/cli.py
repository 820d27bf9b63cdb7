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
    run.add_argument("--init", type=Path, metavar="RUN", help="an earlier run whose weights a new one starts from")
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
    render.add_argument("--render", metavar="KIND", help="render pictures with known factors: faces or shapes")
    render.add_argument("--count", type=_count, metavar="N", help="how many")
    render.add_argument("--out", type=Path, metavar="FOLDER", help="where to; an unfinished folder is finished")
    render.add_argument("--size", type=_count, default=64, metavar="PIXELS", help="their side (default: 64)")
    render.add_argument("--workers", type=_count, metavar="N", help="processes (default: one a core)")

    use = out.add_argument_group("measuring and exporting a run")
    use.add_argument("--evaluate", action="store_true", help="print a table of measures, write evaluation.json")
    use.add_argument(
        "--export-onnx", nargs="?", const="", metavar="PACK", help="write a model pack (default: RUN/pack)"
    )
    use.add_argument("--name", help="the pack's name (default: that of its folder)")
    use.add_argument("--title", help="the pack's title as users read it")
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
    if a.run is None:
        raise UsageError("Nothing to do: give --run FOLDER or --render KIND; diti-train --help shows how.")
    exporting, training = a.export_onnx is not None, _wants_training(a)
    if training or not (exporting or a.evaluate):
        config, stage = _configuration(a)
        with _needs():
            from trainer.stages import train
        if not train(config, stage, a.run, dm=a.dm, init=a.init, max_images=a.max_images):
            return
    data = [_path(text) for text in a.data]
    if exporting:
        _export(a, data, command)
    if a.evaluate:
        with _needs():
            from trainer.evaluation import evaluate
        evaluate(a.run, data=data, command=command)


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
        options = runs.read_config(a.init)[0].model_dump(mode="json")
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
    from trainer.journal import Counter

    with Counter("pictures") as counter:
        render(a.render, a.count, a.out, size=a.size, seed=a.seed or 0, workers=a.workers, progress=counter)


def _export(a: argparse.Namespace, data: list[Path], command: str) -> None:
    with _needs():
        from trainer.export import export
    from trainer.runs import read_config

    pack = Path(a.export_onnx) if a.export_onnx else a.run / "pack"
    domain = read_config(a.run)[0].domain
    name = a.name or _slug(pack.stem if a.export_onnx else a.run.resolve().name)
    title = a.title or name.replace("-", " ").capitalize()
    export(a.run, pack, name=name, title=title, domain=domain, data=data, command=command, progress=_say)
    _say(f"{pack} is written.")


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


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def _fail(error: DitiError, status: int) -> int:
    _say(f"diti-train: {error}")
    return status
