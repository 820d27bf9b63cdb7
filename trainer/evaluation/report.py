"""``diti-train --evaluate``: what a pack can do, as a table and as evaluation.json."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from diti_studio.core.editor import Quality
from diti_studio.core.errors import UsageError
from diti_studio.core.packs import MANIFEST, SUFFIX, Manifest, Metric, Pack
from trainer.attributes import AttributeSpec, specs_for
from trainer.config import DataOptions, load_preset, presets
from trainer.data.mixture import Mixture
from trainer.data.pictures import Kind, Pictures
from trainer.directions import correlate
from trainer.evaluation import tables
from trainer.evaluation.counterfactuals import Counterfactual, score_counterfactuals
from trainer.evaluation.distributions import NEIGHBOURS
from trainer.evaluation.edits import EditScore, score_edits
from trainer.evaluation.engine import Bench, Engine
from trainer.evaluation.factors import Factors, Floats, Mask
from trainer.evaluation.generation import Generation, generation
from trainer.evaluation.heatmap import heat_map
from trainer.evaluation.heldout import held_out, kinds_of, load_sets, sets_of_run
from trainer.evaluation.identity import identity_reader
from trainer.evaluation.lending import FactorReader, Lending, lend
from trainer.evaluation.readers import reader
from trainer.evaluation.reconstruction import Reconstruction, reconstruct
from trainer.evaluation.records import plain
from trainer.evaluation.representation import (
    Disentanglement,
    Representation,
    measure_disentanglement,
    read_representation,
)
from trainer.evaluation.sheets import contact_sheet
from trainer.evaluation.timesteps import TimeMap, stage_titles, time_map
from trainer.grids import write_grid
from trainer.render.files import write_whole
from trainer.runs import read_config

Say = Callable[[str], None]

PARTS = (
    "reconstruction", "probes", "representation", "disentanglement", "times", "generation", "lending",
    "counterfactuals", "edits", "identity",
)  # fmt: skip
"""What an evaluation can measure, the quick parts first."""

_PROBED = 1000  # held-out pictures of a kind
_FITTED = 3000  # others, on which readers of z are fitted
_FEWEST = 100  # pictures on either side, for measures of disentanglement
_ON_SHEET = 5
_SHOWN = 16  # generated pictures
_OF_EDITS = ("selectivity_", "moved_", "counterfactual_")  # beginnings of metrics' names
_WITH_COUNTS = re.compile(r"((?:psnr|ssim|precision|recall|frechet)_(?:rendered|labelled|generated|real))(?:_\d+)*")


@dataclass(eq=False)
class Evaluation:
    """The figures of a pack, as they are measured. What was not asked for stays empty.

    Attributes:
        probes: kind of pictures -> attribute -> Pearson's r between the pack's probe on z and the truth, held out.
        representations: kind -> what newly fitted linear layers read off z.
        disentanglement: kind -> with dims, groups and stages as units.
        times: kind -> which attribute lives at which time-steps.
        generation: what the frozen diffusion model makes by itself; None when it was not asked for.
        lending: kind -> what each stage carries.
        counterfactuals: how near edits come to the truth, where there are counterfactual pairs.
    """

    pack: str
    identity: str
    images_seen: int
    command: str
    reconstructions: list[Reconstruction] = field(default_factory=list[Reconstruction])
    probes: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    edits: list[EditScore] = field(default_factory=list[EditScore])
    representations: dict[str, Representation] = field(default_factory=dict[str, Representation])
    disentanglement: dict[str, tuple[Disentanglement, ...]] = field(
        default_factory=dict[str, tuple[Disentanglement, ...]]
    )
    times: dict[str, TimeMap] = field(default_factory=dict[str, TimeMap])
    generation: Generation | None = None
    lending: dict[str, Lending] = field(default_factory=dict[str, Lending])
    counterfactuals: list[Counterfactual] = field(default_factory=list[Counterfactual])

    def table(self) -> str:
        """For reading."""
        return tables.text(self)

    def metrics(self) -> tuple[Metric, ...]:
        """For the manifest: the standard quality's reconstruction, what z tells, and each attribute's selectivity."""
        standard = Quality.STANDARD.value
        out = list[Metric]()

        def add(name: str, value: float, unit: str = "") -> None:
            if math.isfinite(value):
                out.append(Metric(name=name, value=value, unit=unit, command=self.command))

        for r in self.reconstructions:
            if r.settings == standard and r.noise == "inferred":
                what = f"{r.kind}_{r.settings.invert_steps}_{r.settings.steps}"
                add(f"psnr_{what}", r.psnr, "dB")
                add(f"ssim_{what}", r.ssim)
        for kind, found in self.representations.items():
            add(f"average_precision_{kind}", found.mean_average_precision)
            add(f"pearson_r_{kind}", found.mean_r)
        if self.generation:
            for whose, likeness in (("generated", self.generation.made), ("real", self.generation.real)):
                for name, value in asdict(likeness).items():
                    add(f"{name}_{whose}_{self.generation.pictures}", value)
        for c in self.counterfactuals:
            add(f"counterfactual_{'+'.join(c.names)}", c.alignment)
        for e in self.edits:
            add(f"selectivity_{e.kind}_{e.name}", e.selectivity)
            if e.kind == "labelled":
                add(f"moved_{e.kind}_{e.name}", e.moved)
        return tuple(out)

    def write(self, path: Path) -> None:
        """All of it as JSON; numbers that are unknown are null."""
        text = json.dumps(plain(self), indent=1)
        write_whole(path, lambda file: file.write(text.encode()))


def evaluate(
    source: Path, *, data: Sequence[Path] = (), weights: Sequence[float] = (), count: int = 12,
    reconstructed: int = 64, generated: int = 128, parts: Collection[str] = PARTS, sheet: Path | None = None,
    out: Path | None = None, command: str = "", record: bool = False, say: Say = print,
) -> Evaluation:  # fmt: skip
    """Measures a pack on held-out pictures, writes evaluation.json, and says a table.

    Readers of z are fitted on pictures that are not held out, as are the networks that read pictures; every figure is
    of those that ``trainer.data.held_out`` holds out.

    Args:
        source: a pack, or a run folder, which is then exported into its own folder ``pack`` (once a checkpoint).
        data: folders of renders (factors.csv) or labelled pictures (labels.csv), by default those of the run.
            Photos are framed as the run's or the pack's are. Counterfactual pairs are for "counterfactuals" alone.
        weights: shares of the data in training, for "generation"; equal ones by default.
        count: how many pictures of each kind are edited; ``reconstructed``: how many are rebuilt; ``generated``: how
            many are made from noise; none where there are too few real pictures to compare with.
        parts: of PARTS, what is measured. "edits" and "identity" take longest: networks that read pictures are trained
            once for all packs (minutes), and every attribute is moved; "identity" goes with "edits".
        sheet: where a contact sheet of five pictures a kind is written, with the kind added to its name.
        out: where evaluation.json goes; by default beside the pack or into the run folder. Heat maps of "times" and
            "lending" go beside it, and the pictures of "generation".
        record: puts the figures into the pack's manifest (a folder only).

    Raises:
        UsageError: there is neither a pack nor a run, no data with known values, or no such part.
    """
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        raise UsageError(f"There is no part {unknown[0]!r} of an evaluation: choose among {', '.join(PARTS)}.")
    path = _pack_of(source, data, say)
    pack = Pack.open(path)
    pack.verify()
    size, config = pack.manifest.image_size, None if path == source else read_config(source)[0]
    options = _data_options(pack.manifest) if config is None else config.data
    sets = load_sets(data, size, options) if data or config is None else sets_of_run(config)
    pairs = [pictures for pictures in sets if pictures.changes]
    sets = [pictures for pictures in sets if not pictures.changes]
    if not sets:
        raise UsageError("An evaluation needs pictures with known values: give folders of renders or labelled ones.")
    engine = Engine(pack)
    specs = specs_for(pack.manifest.domain, sets)
    target = out or (source if source.is_dir() and source != path else path.parent) / "evaluation.json"
    partial = target.with_name(f"{target.stem}.partial.json")  # what a run that is stopped has measured
    mixture = Mixture.open(_drawn_from(options, data, weights), size) if "generation" in parts else None

    found = Evaluation(pack.manifest.name, pack.identity, pack.manifest.training.images_seen, command)
    kinds = kinds_of(sets)
    for kind in kinds:
        if "reconstruction" in parts:
            say(f"{kind}: reconstruction")
            found.reconstructions += reconstruct(engine, kind, held_out(sets, kind, reconstructed)[0])
            found.write(partial)
        if not specs or not {"probes", "representation", "disentanglement", "times", "lending"} & set(parts):
            continue
        z, factors, fit = _latents(engine, sets, kind, specs)
        if "probes" in parts:
            found.probes[kind] = _probe(pack, z[~fit], factors.take(~fit))
        if "representation" in parts:
            say(f"{kind}: linear probes")
            found.representations[kind] = read_representation(z, factors, fit)
        found.write(partial)
        whole = factors.complete()
        if len(whole) < 2 or min(fit.sum(), (~fit).sum()) < _FEWEST:
            continue  # these measures need factors that are known of every picture
        if "disentanglement" in parts:
            say(f"{kind}: disentanglement")
            found.disentanglement[kind] = measure_disentanglement(z, whole, fit, pack.groups)
        if "times" in parts:
            say(f"{kind}: attributes by time-steps")
            found.times[kind] = lives = time_map(z, whole, fit, pack.groups)
            picture = target.with_name(f"{target.stem}-times-{kind}.png")
            heat_map(picture, "R² from one stage's dims alone", lives.names, lives.titles, lives.only)
        if "lending" in parts:
            say(f"{kind}: what each stage carries")
            bench = Bench(engine, held_out(sets, kind, count)[0], Quality.STANDARD.value)
            found.lending[kind] = lent = lend(bench, FactorReader(z, whole, fit))
            picture = target.with_name(f"{target.stem}-lending-{kind}.png")
            heat_map(picture, "share taken over of a picture that lends one stage", lent.names,
                     stage_titles(lent.ends), lent.taken)  # fmt: skip
        found.write(partial)
    if mixture is not None and mixture.apart_count(2, generated) > NEIGHBOURS:
        say("pictures from noise")
        found.generation, pictures = generation(engine, mixture, generated)
        write_grid(target.with_name(f"{target.stem}-generated.png"), pictures[None, :_SHOWN])
        found.write(partial)
    elif mixture is not None:
        say(f"pictures from noise: left out, as at least {NEIGHBOURS + 1} and twice as many real ones are needed")
    if "counterfactuals" in parts and pairs and "rendered" in kinds:
        say("counterfactuals")
        values = np.concatenate([pictures.values(specs) for pictures in sets if pictures.kind == "rendered"])
        units = np.array([spec.unit(column) for spec, column in zip(specs, values.T, strict=True)])
        found.counterfactuals = score_counterfactuals(
            engine, pairs, specs, units, count, Quality.STANDARD.value, say
        )  # fmt: skip
        found.write(partial)
    drawn = tuple(spec for spec in specs if spec.factor is not None)  # what a reader of pictures can learn
    if "edits" in parts and drawn and pack.manifest.attributes and "rendered" in kinds:
        read = reader(sets, drawn, progress=say)
        identities = identity_reader(sets, say) if "identity" in parts else None
        for kind in kinds:
            bench = Bench(engine, held_out(sets, kind, count)[0], Quality.STANDARD.value)
            found.edits += score_edits(bench, kind, read, drawn, say, identities=identities)
            found.write(partial)
    if sheet is not None:
        for kind in kinds:
            bench = Bench(engine, held_out(sets, kind, _ON_SHEET)[0], Quality.STANDARD.value)
            page = sheet.with_name(f"{sheet.stem}-{kind}{sheet.suffix or '.jpg'}")
            contact_sheet(bench, page)

    found.write(target)
    partial.unlink(missing_ok=True)
    if record:
        add_metrics(path, found.metrics())
    say(found.table())
    return found


def lasting(metrics: Sequence[Metric]) -> tuple[Metric, ...]:
    """The figures of a manifest that still hold when its directions are found anew: all but those of edits."""
    return tuple(metric for metric in metrics if not metric.name.startswith(_OF_EDITS))


def add_metrics(pack: Path, metrics: Sequence[Metric]) -> None:
    """Puts figures into the manifest of a pack folder; older ones of the same are replaced, whatever calls it took."""
    if pack.suffix == SUFFIX:
        raise UsageError(f"{pack.name} is one file: figures are recorded in pack folders only.")
    manifest = Pack.open(pack).manifest
    names = {_measured(metric) for metric in metrics}
    kept = [metric for metric in manifest.training.metrics if _measured(metric) not in names]
    training = manifest.training.model_copy(update={"metrics": (*kept, *metrics)})
    changed: Manifest = manifest.model_copy(update={"training": training})
    write_whole(pack / MANIFEST, lambda file: file.write(changed.model_dump_json(indent=1).encode()))


def _measured(metric: Metric) -> str:
    """A metric's name without the calls or pictures at its end: ``psnr_rendered`` of ``psnr_rendered_12_12``."""
    found = _WITH_COUNTS.fullmatch(metric.name)
    return found[1] if found else metric.name


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
        export(source, pack, data=data, domain=read_config(source)[0].domain, progress=say)
    return pack


def _data_options(manifest: Manifest) -> DataOptions:
    """How a pack's pictures were framed and changed in training, as far as its preset tells."""
    preset = manifest.training.config.get("options", {}).get("preset")
    told = load_preset(preset).get("data", {}) if preset in presets() else {}
    return DataOptions(**{**told, "framing": manifest.framing})


def _drawn_from(options: DataOptions, data: Sequence[Path], weights: Sequence[float]) -> DataOptions:
    """The options with the data as their sources, where data are given."""
    if not data:
        return options
    shares = weights or [1.0] * len(data)
    sources = tuple(f"{folder}:{share}" for folder, share in zip(data, shares, strict=True))
    return options.model_copy(update={"sources": sources})


def _latents(
    engine: Engine, sets: Sequence[Pictures], kind: Kind, specs: Sequence[AttributeSpec]
) -> tuple[Floats, Factors, Mask]:
    """z [N, D] of pictures of a kind, what is known of them, and which [N] are not held out, to fit readers on."""
    of_kind = [pictures for pictures in sets if pictures.kind == kind]
    chosen = [pictures.spread(~pictures.held, -(-_FITTED // len(of_kind))) for pictures in of_kind]
    tested = held_out(sets, kind, _PROBED)[1]
    z = np.concatenate([engine.encode(part.images[:]) for part in (*chosen, *tested)]).astype(np.float64)
    factors = [Factors.of_attributes(part, specs) for part in (*chosen, *tested)]
    fit = np.arange(len(z)) < sum(len(part.images) for part in chosen)
    return z, Factors(factors[0].names, factors[0].kinds, np.concatenate([f.values for f in factors])), fit


def _probe(pack: Pack, z: Floats, factors: Factors) -> dict[str, float]:
    """Pearson's r between what the pack reads off z and the truth."""
    latents = pack.latents
    read = (z - latents.mean) / latents.std @ latents.attribute_weights.T + latents.attribute_bias
    out = dict[str, float]()
    for i, attribute in enumerate(pack.manifest.attributes):
        if attribute.name not in factors.names:
            continue
        truth = factors.values[:, factors.names.index(attribute.name)]
        known = ~np.isnan(truth)
        if known.sum() >= 10:
            out[attribute.name] = correlate(read[known, i].astype(np.float64), truth[known])
    return out


__all__ = ["PARTS", "Evaluation", "add_metrics", "evaluate", "lasting"]
