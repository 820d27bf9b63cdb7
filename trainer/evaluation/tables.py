"""An evaluation as text for a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from trainer.evaluation.edits import AMOUNT
from trainer.evaluation.timesteps import stage_titles

if TYPE_CHECKING:
    from trainer.evaluation.report import Evaluation


def text(found: Evaluation) -> str:
    """All figures of an evaluation that were measured."""
    lines = [f"{found.pack}: {found.images_seen} pictures seen in training, pack {found.identity[:12]}"]
    parts = (
        _reconstructions, _representations, _disentanglement, _times, _generation, _lending, _counterfactuals, _edits,
    )  # fmt: skip
    for part in parts:
        block = list(part(found))
        lines += ["", *block] if block else []
    return "\n".join(lines)


def _reconstructions(found: Evaluation) -> Iterator[str]:
    if found.reconstructions:
        yield "reconstruction at slider zero   pictures   PSNR dB   worst    SSIM       MSE   x_T"
    for r in found.reconstructions:
        yield (
            f"  {r.kind:9} {r.name:18} {r.pictures:9d} {r.psnr:9.2f} {r.worst:7.2f} {r.ssim:7.4f} {r.mse:9.6f}   "
            f"{r.noise}"
        )


def _representations(found: Evaluation) -> Iterator[str]:
    for kind, read in found.representations.items():
        yield (
            f"linear layers on z, {kind}, {read.pictures} pictures: mean AP {read.mean_average_precision:.3f}, "
            f"mean r {read.mean_r:.3f}, mean MSE {read.mean_mse:.3f}"
        )
        yield "  label                  AP  positives       r     MSE"
        for name, precision in read.average_precision.items():
            r, mse = (values.get(name, math.nan) for values in (read.r, read.mse))
            yield f"  {name:18} {precision:6.3f}     {read.positives[name]:6.3f} {r:7.3f} {mse:7.3f}"


def _disentanglement(found: Evaluation) -> Iterator[str]:
    for kind, measured in found.disentanglement.items():
        yield f"disentanglement, {kind}     D      C      I    MIG    SAP  FactorVAE  TAD (captured)"
        for d in measured:
            yield (
                f"  {d.count:4d} {d.units:8} {d.dci.disentanglement:15.3f} {d.dci.completeness:6.3f} "
                f"{d.dci.informativeness:6.3f} {d.mig:6.3f} {d.sap:6.3f} {d.factor_vae:10.3f}  {d.tad.score:.2f} "
                f"({d.tad.captured} of {d.tad.labels})"
            )


def _times(found: Evaluation) -> Iterator[str]:
    for kind, times in found.times.items():
        yield f"R² of {kind} attributes from a stage's dims alone / lost without them; from all dims"
        yield " " * 18 + "".join(f"{title:>15}" for title in times.titles) + "      all"
        lost = times.whole[:, None] - times.without
        for name, only, gone, whole in zip(times.names, times.only, lost, times.whole, strict=True):
            cells = "".join(f"    {o:5.2f} /{max(g, 0.0):5.2f}" for o, g in zip(only, gone, strict=True))
            yield f"  {name:16}{cells}    {whole:5.2f}"


def _generation(found: Evaluation) -> Iterator[str]:
    if found.generation:
        g = found.generation
        yield (
            f"pictures from noise, {g.settings.steps} {g.settings.solver}, {g.pictures} of each, in the encoder's "
            f"{g.dims} dims    precision  recall  Fréchet distance"
        )
        for whose, likeness in (("generated", g.made), ("other real ones", g.real)):
            yield f"  {whose:16} {likeness.precision:9.3f} {likeness.recall:7.3f} {likeness.frechet:9.1f}"


def _lending(found: Evaluation) -> Iterator[str]:
    for kind, lent in found.lending.items():
        yield f"taken over of a {kind} picture that lends one stage, {lent.pictures} pairs (0 nothing, 1 all)"
        yield " " * 18 + "".join(f"{title:>14}" for title in stage_titles(lent.ends))
        for name, taken in zip(lent.names, lent.taken, strict=True):
            yield f"  {name:16}" + "".join(f"{share:14.2f}" for share in taken)
        yield "  rms change      " + "".join(f"{moved:14.1f}" for moved in lent.moved)
        for name, shares in zip(("coarse", "medium", "fine"), lent.bands.T, strict=True):
            yield f"  of it {name:10}" + "".join(f"{share:14.0%}" for share in shares)


def _counterfactuals(found: Evaluation) -> Iterator[str]:
    if found.counterfactuals:
        yield f"{'edits beside renders in which one thing changed':62} pairs  rms change  alignment  lent  share made"
    for c in found.counterfactuals:
        names = ", ".join(c.names)
        yield f"  {names:60} {c.pairs:6d} {c.change:11.1f} {c.alignment:10.2f} {c.lent:5.2f} {c.share:11.2f}"


def _edits(found: Evaluation) -> Iterator[str]:
    if found.edits:
        yield (
            f"edits at +-{AMOUNT:g}        pictures  effect  selectivity  moved  reader r  probe r  same person  leaks"
        )
    for e in found.edits:
        probe = found.probes.get(e.kind, {}).get(e.name, math.nan)
        leaks = ", ".join(f"{name} {amount:+.2f}" for name, amount in e.leaks)
        yield (
            f"  {e.kind:9} {e.name:16} {e.pictures:4d} {e.effect:7.2f} {e.selectivity:10.2f} {e.moved:8.0%} "
            f"{e.reader:8.2f} {probe:8.2f} {e.identity:10.2f}    {leaks}"
        )
    for kind in dict.fromkeys(e.kind for e in found.edits):
        scores = [e.selectivity for e in found.edits if e.kind == kind]
        yield f"  {kind:9} mean selectivity of {len(scores)} attributes {np.mean(scores):.2f}"
