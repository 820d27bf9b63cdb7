"""Tensors of an official checkpoint: read without running anything, and taken one by one until none is left."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from diti_studio.core.errors import UsageError
from trainer.runs import first_line

_PREFIXES = ("module.", "_orig_mod.")  # of DistributedDataParallel and torch.compile


def load(path: Path) -> dict[str, Any]:
    """A checkpoint; its tensors stay on the disk until they are read.

    Raises:
        UsageError: it is damaged, is no dictionary, or would run code when it is loaded.
    """
    try:
        state = _load(path)
    except pickle.UnpicklingError as error:
        if "weights_only" in str(error) or "Weights only" in str(error):
            raise UsageError(f"{path} is refused: it holds more than numbers, and could run a program.") from error
        raise UsageError(f"{path} is no checkpoint that can be read ({first_line(error)}).") from error
    except Exception as error:  # torch.load raises whatever the damage makes it raise
        raise UsageError(f"{path} is no checkpoint that can be read ({first_line(error)}).") from error
    if not isinstance(state, dict):
        raise UsageError(f"{path} is no checkpoint of DiTi or PDAE: it holds no names.")
    return state


def _load(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about pickles that it goes on to refuse
        try:
            return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        except RuntimeError as error:
            if "mmap" not in str(error):
                raise
            return torch.load(path, map_location="cpu", weights_only=True)  # written before torch 1.6


class Weights:
    """The tensors of one network by their official names. Each is taken once; ``finish`` finds those nobody wanted."""

    def __init__(self, tensors: Any, what: str, path: Path) -> None:
        """``what`` names the network in messages, as in "the encoder"."""
        if not isinstance(tensors, Mapping) or not all(isinstance(key, str) for key in tensors):
            raise UsageError(f"{path} does not hold the weights of {what} by name.")
        self._what, self._path = what, path
        self._left = {_bare(key): value for key, value in tensors.items()}

    def take(self, key: str, *shape: int) -> torch.Tensor:
        """The tensor of that name in float32, which must have that shape and finite numbers.

        Raises:
            UsageError: it is missing, has another shape, or holds what is no number.
        """
        value = self._left.pop(key, None)
        if value is None:
            raise UsageError(f"{self._path} does not fit its config.yml: {self._what} lacks {key}.")
        if not isinstance(value, torch.Tensor) or not value.is_floating_point() or value.layout != torch.strided:
            raise UsageError(f"{self._path} cannot be used: {key} of {self._what} is no tensor of numbers.")
        if tuple(value.shape) != shape:
            raise UsageError(
                f"{self._path} contradicts its config.yml: {key} of {self._what} is {_size(value.shape)}, and the "
                f"options call for {_size(shape)}."
            )
        value = value.detach().to(torch.float32)
        if not torch.isfinite(value).all():
            raise UsageError(f"{self._path} cannot be used: {key} of {self._what} holds what is no number.")
        return value

    def finish(self) -> None:
        """Raises UsageError when the checkpoint has tensors that the options do not call for."""
        if self._left:
            more = f" and {len(self._left) - 1} more" if len(self._left) > 1 else ""
            raise UsageError(
                f"{self._path} contradicts its config.yml: {self._what} has {next(iter(self._left))}{more}, which the "
                "options do not call for."
            )


def _bare(key: str) -> str:
    while key.startswith(_PREFIXES):
        key = key.partition(".")[2]
    return key


def _size(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "a single number"
