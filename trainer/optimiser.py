"""Adam, each step in one kernel, and taking its state over from a checkpoint."""

from __future__ import annotations

from typing import Any

import torch

from trainer.config import FitOptions


def build(module: torch.nn.Module, options: FitOptions) -> torch.optim.Optimizer:
    """An optimiser of everything in the module that is trained."""
    parameters = [p for p in module.parameters() if p.requires_grad]
    kind = torch.optim.AdamW if options.optimiser == "adamw" else torch.optim.Adam
    return kind(parameters, lr=options.rate, weight_decay=options.weight_decay, fused=True)


def restore(optimiser: Any, state: dict[str, Any]) -> None:
    """Takes over the state of an optimiser of any implementation.

    Raises:
        ValueError, KeyError: it is that of another network.
    """
    groups = [group | {"fused": True, "foreach": None} for group in state["param_groups"]]
    optimiser.load_state_dict(state | {"param_groups": groups})
    for parameter, moments in optimiser.state.items():
        for name, value in moments.items():  # torch's fused step takes for granted that they lie in memory alike
            if value.shape == parameter.shape and value.stride() != parameter.stride():
                moments[name] = torch.empty_like(parameter).copy_(value)
