"""How much is best taken out of a change before it is shown: renders in which one thing changed tell the truth.

A picture is given the latent of its counterfactual. What the bundled pack makes of it is composed with the source and
compared with the counterfactual itself.
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.machine import print_table
from diti_studio.core import detail
from diti_studio.core.editor import Quality
from diti_studio.core.packs import Pack
from diti_studio.core.resources import resource
from trainer.evaluation.counterfactuals import share
from trainer.evaluation.engine import Bench, Engine
from trainer.render.domains import domain
from trainer.render.pairs import paired

WEIGHTS = (0.0, 2.0, 4.0, 8.0, 16.0, 32.0)
SEED = 17  # of pictures that no pack was trained on
CHANGES = {
    "faces": (("smile",), ("glasses",), ("beard",), ("makeup",), ("hair_color",), ("light_az",)),
    "rooms": (("lamp_on",), ("light_warmth",), ("wall_colour",), ("cover_colour",), ("window_wall",), ("pictures",)),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options."""
    parser.add_argument("--pairs", type=int, default=6, help="of each change")


def run(options: argparse.Namespace) -> None:
    """Shares of the true change: 1 is the truth, 0 as far off as the source."""
    chosen = detail.SPECKS
    for kind, changes in CHANGES.items():
        shares = [_shares(kind, names, options.pairs) for names in changes]
        rows = [
            [f"{weight:g}{' (chosen)' if weight == chosen else ''}", *(f"{value:.3f}" for value in row),
             f"{np.mean(row):.3f}"]
            for weight, row in zip(WEIGHTS, zip(*shares, strict=True), strict=True)
        ]  # fmt: skip
        print_table((f"{kind}: weight", *(names[0] for names in changes), "mean"), rows)


def _shares(kind: str, names: tuple[str, ...], count: int) -> list[float]:
    """For each of WEIGHTS."""
    engine = Engine(Pack.open(resource(f"packs/{kind}")), "cpu")
    what = paired(domain(kind), [names])
    what.prepare()
    renderer = what.renderer(engine.pack.manifest.image_size)
    try:
        pictures = renderer.render([what.sample(SEED, i) for i in range(2 * count)])
    finally:
        renderer.close()
    bench, truth = Bench(engine, pictures[::2], Quality.STANDARD.value), pictures[1::2]
    after = engine.generate(bench.noise, engine.encode(truth), bench.settings)
    out, chosen = list[float](), detail.SPECKS
    for weight in WEIGHTS:
        detail.SPECKS = weight
        shown = [detail.keep_detail(*parts) for parts in zip(bench.images, bench.before, after, strict=True)]
        out.append(share(bench.images, np.stack(shown), truth))
    detail.SPECKS = chosen
    return out
