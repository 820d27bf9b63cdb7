"""The papers' claims on rendered shapes: DiTi against PDAE, unequal against balanced groups, and the three losses."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import describe

Record = dict[str, Any]
Figure = Callable[[Record], float]
Rows = list[list[str]]

IMAGES, PICTURES, MEASURED = 20_000, 10_000, 4_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs; what is there is gone on with")
    parser.add_argument("--images", type=int, default=IMAGES, help="that each representation is trained on")
    parser.add_argument("--pictures", type=int, default=PICTURES, help="different pictures among them")
    parser.add_argument("--measured", type=int, default=MEASURED, help="further pictures to measure on")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=25, help="after so many no further run is begun")
    parser.add_argument("--threads", type=int, default=0, help="of computation; 0 leaves it to torch")
    parser.add_argument("--docs", type=Path, help="write the tables into this Markdown file, heat maps into images/")


def run(options: argparse.Namespace) -> None:
    """Trains, measures, prints; with ``--docs`` also writes the document."""
    from benchmarks.experiment import VARIANTS, Experiment  # late: it needs the trainer's packages

    began = time.monotonic()
    experiment = Experiment(
        options.out, images=options.images, pictures=options.pictures, measured=options.measured,
        minutes=options.minutes, threads=options.threads, say=lambda text: print(text, file=sys.stderr, flush=True),
    )  # fmt: skip
    records = experiment.run(options.seeds)
    if not records:
        print("No run is complete: give the same command again, it goes on where it stopped.")
        return
    titles = {variant.name: variant.title for variant in VARIANTS}
    parts = {"run": _account(records, options, time.monotonic() - began), **tables(records, titles)}
    for text in parts.values():
        print(f"{text}\n")
    if options.docs is not None:
        from trainer.evaluation.heatmap import heat_map

        for name, title, rows, columns, values in heat_maps(records, titles):
            heat_map(options.docs.parent / "images" / f"science-{name}.png", title, rows, columns, values)
        options.docs.write_text(filled(options.docs.read_text(encoding="utf-8"), parts), encoding="utf-8")


def filled(document: str, parts: dict[str, str]) -> str:
    """The document with each part between its marks, ``<!-- science: NAME -->`` and ``<!-- end -->``.

    Raises:
        ValueError: a mark is missing.
    """
    for name, text in parts.items():
        pattern = re.compile(rf"(<!-- science: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
        document, count = pattern.subn(lambda m, text=text: f"{m[1]}\n{text}\n\n{m[2]}", document)
        if count != 1:
            raise ValueError(f"the document has {count} marks for {name!r}, not one")
    return document


# -- figures of a record --------------------------------------------------------------------------------------


def _mean_precision(record: Record) -> float:
    return _mean(record["read"]["average_precision"].values())


def _mean_r(record: Record) -> float:
    return _mean(record["read"]["r"].values())


def _of(cut: str | None, units: str, *path: str) -> Figure:
    """A measure with units of a cut; without one, of the first cut (dims are the same in all)."""

    def figure(record: Record) -> float:
        cuts = record["cuts"]
        if cut is not None and cut not in cuts:
            return np.nan
        value = cuts[cut if cut is not None else next(iter(cuts))]["disentanglement"][units]
        for key in path:
            value = value[key]
        return np.nan if value is None else float(value)

    return figure


def _measures(cut: str | None, units: str) -> dict[str, Figure]:
    return {
        "DCI disent.": _of(cut, units, "dci", "disentanglement"),
        "DCI compl.": _of(cut, units, "dci", "completeness"),
        "MIG": _of(cut, units, "mig"),
        "SAP": _of(cut, units, "sap"),
        "FactorVAE": _of(cut, units, "factor_vae"),
        "TAD": _of(cut, units, "tad", "score"),
    }


READ: dict[str, Figure] = {
    "mean AP": _mean_precision,
    "mean r": _mean_r,
    "informativeness": _of(None, "dims", "dci", "informativeness"),
    "MSE, x_T inferred": lambda record: record["mse"]["inferred"],
    "MSE, x_T random": lambda record: record["mse"]["random"],
}


# -- tables ---------------------------------------------------------------------------------------------------


def tables(records: Sequence[Record], titles: dict[str, str]) -> dict[str, str]:
    """The document's parts by name, in Markdown."""
    runs = {name: [r for r in records if r["variant"] == name] for name in titles}
    runs = {name: found for name, found in runs.items() if found}
    return {
        "read": _table("latent", READ, [(titles[name], found) for name, found in runs.items()]),
        "factors": _table("latent", _by_factor(records[0]), [(titles[name], found) for name, found in runs.items()]),
        "dims": _table("latent", _measures(None, "dims"), [(titles[name], found) for name, found in runs.items()]),
        **{unit: _by_units(runs, titles, unit) for unit in ("groups", "stages")},
        "times": _times(runs, titles),
        "claims": "\n".join(f"- {claim.verdict(runs)}" for claim in CLAIMS),
    }


def _by_units(runs: dict[str, list[Record]], titles: dict[str, str], units: str) -> str:
    out = list[str]()
    for cut in ("unequal", "balanced"):
        rows = [(titles[name], found) for name, found in runs.items() if cut in found[0]["cuts"]]
        if rows:
            out.append(f"Cut into {cut} {units}:\n\n" + _table("latent", _measures(cut, units), rows))
    return "\n\n".join(out)


def _by_factor(record: Record) -> dict[str, Figure]:
    """Pearson's r of numbers; of categories the mean AP of their classes."""
    out = dict[str, Figure]()
    for name, r in record["read"]["r"].items():
        if r is not None:
            out[f"{name}, r".replace("_", " ")] = lambda record, name=name: record["read"]["r"][name]
        else:
            out[f"{name}, AP".replace("_", " ")] = lambda record, name=name: _mean(
                value for label, value in record["read"]["average_precision"].items() if label.startswith(f"{name}=")
            )
    return out


def _times(runs: dict[str, list[Record]], titles: dict[str, str]) -> str:
    out = list[str]()
    for name, cut in (("unequal", "unequal"), ("pdae", "unequal")):
        if name in runs:
            rows, columns, only, lost = _time_map(runs[name], cut)
            lines = [
                [row.replace("_", " "), *(f"{o:.2f} / {w:.2f}" for o, w in zip(*pair, strict=True))]
                for row, *pair in zip(rows, only, lost, strict=True)
            ]
            out.append(f"{titles[name]}: with a stage's dims alone / lost without them\n\n"
                       + _markdown(["factor", *columns], lines))  # fmt: skip
    return "\n\n".join(out)


def heat_maps(
    records: Sequence[Record], titles: dict[str, str]
) -> Iterator[tuple[str, str, list[str], list[str], np.ndarray]]:
    """(file, title, rows, columns, values) of each picture; means over seeds."""
    for name in ("unequal", "pdae"):
        found = [r for r in records if r["variant"] == name]
        if found:
            rows, columns, only, lost = _time_map(found, "unequal")
            names = [row.replace("_", " ") for row in rows]
            yield f"{name}-only", f"{titles[name]}: R² from one stage's dims alone", names, columns, only
            yield f"{name}-lost", f"{titles[name]}: R² lost without a stage's dims", names, columns, np.maximum(lost, 0)


def _time_map(records: Sequence[Record], cut: str) -> tuple[list[str], list[str], np.ndarray, np.ndarray]:
    """Factors, stages, and [F, S] means over seeds: R^2 with a stage alone, and what is lost without it."""
    maps = [record["cuts"][cut]["time"] for record in records]
    only = np.mean([m["only"] for m in maps], axis=0)
    lost = np.mean([np.array(m["whole"])[:, None] - np.array(m["without"]) for m in maps], axis=0)
    ends = maps[0]["ends"]
    columns = [f"t {start}–{end}" for start, end in zip([0, *ends], ends, strict=False)]
    return maps[0]["names"], columns, only, lost


def _table(first: str, figures: dict[str, Figure], rows: Sequence[tuple[str, Sequence[Record]]]) -> str:
    lines = [[title, *(spread([figure(r) for r in found]) for figure in figures.values())] for title, found in rows]
    return _markdown([first, *figures], lines)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def spread(values: Sequence[float]) -> str:
    """The mean over seeds and half of what lies between the lowest and the highest, such as 0.512 ± 0.004."""
    if np.isnan(values).any():
        return "–"
    mean, half = float(np.mean(values)), (max(values) - min(values)) / 2
    digits = 5 if abs(mean) < 0.05 else 3
    return f"{mean:.{digits}f} ± {half:.{digits}f}" if len(values) > 1 else f"{mean:.{digits}f}"


def _account(records: Sequence[Record], options: argparse.Namespace, seconds: float) -> str:
    seeds = sorted({record["seed"] for record in records})
    command = f"python -m benchmarks {shlex.join(sys.argv[1:])}"
    return (
        f"`{command}` on {describe()}: {len(records)} runs, seeds {', '.join(map(str, seeds))}, {options.images} "
        f"images each out of {options.pictures} pictures, measured on {options.measured} others; "
        f"{seconds / 60:.0f} minutes in this call."
    )


# -- claims ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """That one way gives higher figures than another; ``lower``: that lower ones are better."""

    text: str
    better: str
    worse: str
    figure: Figure
    unit: str
    lower: bool = False

    def verdict(self, runs: dict[str, list[Record]]) -> str:
        """The claim with what was found. It counts as found when the worst seed of the one beats the best of the
        other, and as contradicted when it is the other way round."""
        if self.better not in runs or self.worse not in runs:
            return f"{self.text}: not measured."
        a, b = ([self.figure(r) for r in runs[name]] for name in (self.better, self.worse))
        signed = [[-v for v in values] for values in (a, b)] if self.lower else [a, b]
        if min(signed[0]) > max(signed[1]):
            found = "**found**"
        elif max(signed[0]) < min(signed[1]):
            found = "**not found: it is the other way round**"
        else:
            found = "**undecided**: the seeds overlap"
        few = "" if min(len(a), len(b)) > 1 else ", of one seed"
        return f"{self.text}: {found} ({self.unit} {spread(a)} against {spread(b)}{few})."


CLAIMS = (
    Claim("A linear layer reads more off DiTi's latent than off PDAE's", "unequal", "pdae", _mean_r, "mean r"),
    Claim("It tells more labels apart", "unequal", "pdae", _mean_precision, "mean AP"),
    Claim("DiTi's time-step groups keep factors apart better than blocks of PDAE's latent of the same sizes", "unequal",
          "pdae", _of("unequal", "groups", "mig"), "MIG of groups"),
    Claim("DiTi's stages are more disentangled than such blocks", "unequal", "pdae",
          _of("unequal", "stages", "dci", "disentanglement"), "DCI of stages"),
    Claim("Single dims of DiTi's latent are more disentangled than PDAE's", "unequal", "pdae",
          _of(None, "dims", "dci", "disentanglement"), "DCI of dims"),
    Claim("Unequal groups read better than balanced ones", "unequal", "balanced", _mean_r, "mean r"),
    Claim("`dual` reads better than `base`", "dual", "unequal", _mean_r, "mean r"),
    Claim("`stop_grad` keeps groups apart better than `base`", "stop-grad", "unequal", _of("unequal", "groups", "mig"),
          "MIG of groups"),
    Claim("DiTi gives pictures back as well as PDAE or better", "unequal", "pdae",
          lambda record: record["mse"]["inferred"], "MSE", lower=True),
)  # fmt: skip


def _mean(values: Any) -> float:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else float("nan")
