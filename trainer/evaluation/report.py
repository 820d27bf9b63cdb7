"""``diti-train --evaluate``: what a pack can do, as a table and as evaluation.json."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from diti_studio.core.editor import Quality
from diti_studio.core.errors import UsageError
from diti_studio.core.packs import MANIFEST, SUFFIX, Manifest, Metric, Pack
from trainer.attributes import FACES
from trainer.directions import correlate
from trainer.evaluation.edits import AMOUNT, EditScore, score_edits
from trainer.evaluation.engine import Bench, Engine
from trainer.evaluation.heldout import Pictures, held_out, kinds_of, load_sets, sets_of_run
from trainer.evaluation.readers import reader
from trainer.evaluation.reconstruction import Reconstruction, reconstruct
from trainer.evaluation.sheets import contact_sheet
from trainer.render.files import write_whole
from trainer.runs import read_config

Say = Callable[[str], None]

_PROBED = 1000  # held-out pictures of a kind
_ON_SHEET = 4


@dataclass(frozen=True)
class Evaluation:
    """The figures of a pack.

    Attributes:
        probes: kind of pictures -> attribute -> Pearson's r between the pack's probe on z and the truth, held out.
    """

    pack: str
    identity: str
    images_seen: int
    command: str
    reconstructions: tuple[Reconstruction, ...]
    probes: dict[str, dict[str, float]]
    edits: tuple[EditScore, ...]

    def table(self) -> str:
        """For reading."""
        lines = [f"{self.pack}: {self.images_seen} pictures seen in training, pack {self.identity[:12]}", ""]
        lines.append("reconstruction at slider zero   pictures   PSNR dB   worst    SSIM")
        for r in self.reconstructions:
            lines.append(f"  {r.kind:9} {r.name:18} {r.pictures:9d} {r.psnr:9.2f} {r.worst:7.2f} {r.ssim:7.4f}")
        lines += ["", f"edits at +-{AMOUNT:g}        pictures  effect  selectivity  moved  reader r  probe r  leaks"]
        for e in self.edits:
            probe = self.probes.get(e.kind, {}).get(e.name, math.nan)
            leaks = ", ".join(f"{name} {amount:+.2f}" for name, amount in e.leaks)
            lines.append(
                f"  {e.kind:9} {e.name:16} {e.pictures:4d} {e.effect:7.2f} {e.selectivity:10.2f} {e.moved:8.0%} "
                f"{e.reader:8.2f} {probe:8.2f}  {leaks}"
            )
        for kind in dict.fromkeys(e.kind for e in self.edits):
            scores = [e.selectivity for e in self.edits if e.kind == kind]
            lines.append(f"  {kind:9} mean selectivity of {len(scores)} attributes {np.mean(scores):.2f}")
        return "\n".join(lines)

    def metrics(self) -> tuple[Metric, ...]:
        """For the manifest: the standard quality's reconstruction, and each attribute's selectivity."""
        standard = Quality.STANDARD.value
        out = list[Metric]()
        for r in self.reconstructions:
            if r.settings == standard:
                what = f"{r.kind}_{r.settings.invert_steps}_{r.settings.steps}"
                out.append(Metric(name=f"psnr_{what}", value=r.psnr, unit="dB", command=self.command))
                out.append(Metric(name=f"ssim_{what}", value=r.ssim, command=self.command))
        for e in self.edits:
            out.append(Metric(name=f"selectivity_{e.kind}_{e.name}", value=e.selectivity, command=self.command))
            if e.kind == "labelled":
                out.append(Metric(name=f"moved_{e.kind}_{e.name}", value=e.moved, command=self.command))
        return tuple(out)

    def to_json(self) -> str:
        """All of it; numbers that are unknown are null."""
        return json.dumps(_without_nan(asdict(self)), indent=1)


def evaluate(
    source: Path, *, data: Sequence[Path] = (), count: int = 12, reconstructed: int = 64, edits: bool = True,
    sheet: Path | None = None, out: Path | None = None, command: str = "", record: bool = False, say: Say = print,
) -> Evaluation:  # fmt: skip
    """Measures a pack on held-out pictures, says a table and writes evaluation.json.

    Args:
        source: a pack, or a run folder, which is then exported into its own folder ``pack`` (once a checkpoint).
        data: folders of renders (factors.csv) or labelled pictures (labels.csv), by default those of the run; held out
            are the last 1000 renders and every eighth labelled picture. The reader is trained on the others, once.
        count: how many pictures of each kind are edited; ``reconstructed``: how many are rebuilt.
        edits: False leaves out what takes long: the reader and all edits.
        sheet: where a contact sheet of four pictures a kind is written, with the kind added to its name.
        out: where evaluation.json goes; by default beside the pack or into the run folder.
        record: puts the figures into the pack's manifest (a folder only).

    Raises:
        UsageError: there is neither a pack nor a run, or no data with known values.
    """
    path = _pack_of(source, data, say)
    pack = Pack.open(path)
    pack.verify()
    sets = load_sets(data, pack.manifest.image_size) if data or path == source else sets_of_run(read_config(source)[0])
    if not sets:
        raise UsageError("An evaluation needs pictures with known values: give folders of renders or labelled ones.")
    engine = Engine(pack)
    specs = FACES if pack.manifest.domain == "face" else ()

    reconstructions = list[Reconstruction]()
    probes = dict[str, dict[str, float]]()
    kinds = kinds_of(sets)
    for kind in kinds:
        reconstructions += reconstruct(engine, kind, held_out(sets, kind, reconstructed)[0])
        probes[kind] = _probe(engine, held_out(sets, kind, _PROBED)[1])
    scores = list[EditScore]()
    if edits and specs and pack.manifest.attributes:
        read = reader(sets, specs, progress=say)
        for kind in kinds:
            bench = Bench(engine, held_out(sets, kind, count)[0], Quality.STANDARD.value)
            scores += score_edits(bench, kind, read, specs, say)
    if sheet is not None:
        for kind in kinds:
            bench = Bench(engine, held_out(sets, kind, _ON_SHEET)[0], Quality.STANDARD.value)
            contact_sheet(bench, sheet.with_name(f"{sheet.stem}-{kind}{sheet.suffix or '.jpg'}"))

    result = Evaluation(
        pack.manifest.name, pack.identity, pack.manifest.training.images_seen, command,
        tuple(reconstructions), probes, tuple(scores),
    )  # fmt: skip
    target = out or (source if source.is_dir() and source != path else path.parent) / "evaluation.json"
    write_whole(target, lambda file: file.write(result.to_json().encode()))
    if record:
        add_metrics(path, result.metrics())
    say(result.table())
    return result


def add_metrics(pack: Path, metrics: Sequence[Metric]) -> None:
    """Puts figures into the manifest of a pack folder; older ones of the same names are replaced."""
    if pack.suffix == SUFFIX:
        raise UsageError(f"{pack.name} is one file: figures are recorded in pack folders only.")
    manifest = Pack.open(pack).manifest
    names = {metric.name for metric in metrics}
    kept = [metric for metric in manifest.training.metrics if metric.name not in names]
    training = manifest.training.model_copy(update={"metrics": (*kept, *metrics)})
    changed: Manifest = manifest.model_copy(update={"training": training})
    write_whole(pack / MANIFEST, lambda file: file.write(changed.model_dump_json(indent=1).encode()))


def _pack_of(source: Path, data: Sequence[Path], say: Say) -> Path:
    """The pack itself, or that of a run, exported when its last checkpoint is newer."""
    if source.suffix == SUFFIX or (source / MANIFEST).is_file():
        return source
    checkpoints = sorted((source / "checkpoints").glob("*.pt"))
    if not checkpoints:
        raise UsageError(f"{source} is neither a model pack nor a run with a checkpoint.")
    from trainer.export import export  # late: it is needed for runs only, and it needs this package

    pack = source / "pack"
    written = pack / MANIFEST
    if not written.is_file() or written.stat().st_mtime < checkpoints[-1].stat().st_mtime:
        export(source, pack, data=data, progress=say)
    return pack


def _probe(engine: Engine, parts: Sequence[Pictures]) -> dict[str, float]:
    """Pearson's r between what the pack reads off z and the truth."""
    pack = engine.pack
    latents = pack.latents
    normal = (engine.encode(np.concatenate([part.images for part in parts])) - latents.mean) / latents.std
    read = normal @ latents.attribute_weights.T + latents.attribute_bias
    specs = {spec.name: spec for spec in FACES}
    out = dict[str, float]()
    for i, attribute in enumerate(pack.manifest.attributes):
        if attribute.name not in specs:
            continue
        truth = np.concatenate([part.values([specs[attribute.name]])[:, 0] for part in parts])
        known = ~np.isnan(truth)
        if known.sum() >= 10:
            out[attribute.name] = correlate(read[known, i].astype(np.float64), truth[known])
    return out


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_nan(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


__all__ = ["Evaluation", "add_metrics", "evaluate"]
