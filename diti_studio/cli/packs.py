"""List, inspect, verify, install and remove model packs."""

from __future__ import annotations

import argparse
import json

from diti_studio.cli import BAD_ENVIRONMENT, DONE, answer, say
from diti_studio.core import packs
from diti_studio.core.errors import PackError
from diti_studio.core.packs import Pack


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions of ``diti-studio packs``."""
    actions = parser.add_subparsers(dest="action", required=True)
    for name, text, argument in (
        ("list", "packs that are found", None),
        ("info", "what a pack is and can do", "P"),
        ("verify", "check every file of a pack", "P"),
        ("install", "copy a verified pack into your own folder", "PATH"),
        ("remove", "delete a pack that you installed", "NAME"),
    ):
        action = actions.add_parser(name, help=text, description=text)
        if argument:
            action.add_argument("pack", metavar=argument)
        if name in ("list", "info"):
            action.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    """Does what the action says."""
    if options.action == "list":
        return _list(options.json)
    if options.action == "info":
        _info(packs.find(options.pack), options.json)
    elif options.action == "verify":
        pack = packs.find(options.pack)
        pack.verify()
        answer(f"{pack.manifest.name}: {len(pack.manifest.files)} files are as they should be.")
    elif options.action == "install":
        answer(str(packs.install(options.pack).path))
    else:
        answer(f"Removed {packs.remove(options.pack)}.")
    return DONE


def _list(as_json: bool) -> int:
    found, status = list[Pack](), DONE
    for path in packs.installed():
        try:
            found.append(Pack.open(path))
        except PackError as error:
            say(f"diti-studio: {error}")
            status = BAD_ENVIRONMENT
    if as_json:
        answer(json.dumps([
            {"name": p.manifest.name, "title": p.manifest.title, "domain": p.manifest.domain, "path": str(p.path),
             "image_size": p.manifest.image_size, "attributes": [a.name for a in p.manifest.attributes],
             "bytes": sum(f.size for f in p.manifest.files.values()), "licence": p.manifest.licence}
            for p in found
        ]))  # fmt: skip
    else:
        for pack in found:
            m = pack.manifest
            size = sum(f.size for f in m.files.values()) / 2**20
            answer(f"{m.name:12} {m.domain:8} {m.image_size:4} px  {size:6.1f} MiB  {pack.path}")
        if not found:
            say(f"No pack was found; they are looked for in {', '.join(map(str, packs.search_path()))}.")
    return status


def _info(pack: Pack, as_json: bool) -> None:
    m = pack.manifest
    if as_json:
        answer(m.model_dump_json(indent=2))
        return
    answer(f"{m.title} ({m.name}), {m.domain}, {m.image_size} px, {len(m.groups)} groups, {m.latent_dim} latent dims")
    answer(f"trained on {m.training.data}; {m.training.images_seen:,} images seen; licence: {m.licence}")
    answer("stages:      " + ", ".join(f"{s.name} ({s.t_start}-{s.t_end})" for s in m.stages))
    answer("attributes:")
    for a in m.attributes:
        ends = f"{a.minus} ... {a.plus}" if a.minus or a.plus else ""
        how = f"selectivity {a.selectivity:.1f}" if a.selectivity is not None else ""
        answer(f"  {a.name:16} {a.range[0]:+.1f} .. {a.range[1]:+.1f}  {how:18} {ends}"
               + ("  (experimental)" if a.experimental else ""))  # fmt: skip
    for metric in m.training.metrics:
        answer(f"{metric.name}: {metric.value:g} {metric.unit}   [{metric.command}]")
