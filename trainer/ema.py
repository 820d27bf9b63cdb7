"""Running averages of a model's parameters, which are what is used afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import nn


class Averages:
    """An exponential moving average of the trained parameters of a module.

    The decay rises with the step n as (1 + n) / (10 + n) to its final value, so that the start is soon forgotten.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self._decay = decay
        self._parameters = {name: p for name, p in module.named_parameters() if p.requires_grad}
        self.values = {name: p.detach().clone() for name, p in self._parameters.items()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Takes in the parameters after optimiser step ``step``, from 1."""
        decay = min(self._decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(  # pyright: ignore[reportPrivateImportUsage]
            list(self.values.values()), list(self._parameters.values()), 1 - decay
        )

    def load(self, values: Mapping[str, torch.Tensor]) -> None:
        """Takes over saved averages of the same parameters."""
        for name, value in self.values.items():
            value.copy_(values[name])

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Inside, the module has the averaged parameters."""
        kept = {name: p.detach().clone() for name, p in self._parameters.items()}
        try:
            self._put(self.values)
            yield
        finally:
            self._put(kept)

    @torch.no_grad()
    def _put(self, values: Mapping[str, torch.Tensor]) -> None:
        for name, parameter in self._parameters.items():
            parameter.copy_(values[name])
