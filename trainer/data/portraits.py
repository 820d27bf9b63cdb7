"""What is done to photos each time they are drawn: another place, another background, another gamma, another colour."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional

_CELLS = (3, 6)  # colours along a side of a made-up background
_SHIFT, _GROWTH, _TURN = 1.0, 2.0, 2.0  # of ``place``: in half sides, in logarithms, in radians


@dataclass(frozen=True)
class Augmentation:
    """Makes a few hundred photos last, and keeps the network from learning where they were taken.

    Attributes:
        replace: probability that a known background is replaced.
        gamma: spread of the logarithm of gamma.
        colour: spread of the logarithm of each channel's gain.
        place: spread of shifts in halves of the picture's side; sizes (their logarithm) and turns (radians) have
            twice that. What comes in from outside mirrors what is inside.
    """

    replace: float
    gamma: float
    colour: float
    place: float = 0.0

    def __call__(self, pixels: torch.Tensor, alpha: torch.Tensor | None, generator: torch.Generator) -> torch.Tensor:
        """Pictures changed at random.

        Args:
            pixels: [n,S,S,3] uint8, on the device of the generator.
            alpha: [n,S,S] uint8 of the foreground, all 0 for a picture whose matte is unknown.

        Returns:
            [n,S,S,3] uint8.
        """
        count, size = pixels.shape[:2]
        device = pixels.device
        x = pixels.permute(0, 3, 1, 2).float()
        if alpha is not None:
            front = alpha[:, None].float() / 255
            chosen = torch.rand(count, generator=generator, device=device) < self.replace
            chosen &= alpha.flatten(1).amax(1) > 0
            new = random_backgrounds(count, size, generator)
            x = torch.where(chosen[:, None, None, None], new + (x - new) * front, x)
        if self.place:
            x = _placed(x, self.place, generator)

        def normal(*shape: int) -> torch.Tensor:
            return torch.randn(count, *shape, 1, 1, generator=generator, device=device)

        gain = (self.colour * normal(3)).exp()
        x = (x / 255).clamp(0, 1).pow((self.gamma * normal(1)).exp()) * gain * 255
        return x.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1)


def random_backgrounds(count: int, size: int, generator: torch.Generator) -> torch.Tensor:
    """[count,3,size,size] in [0,255]: broad washes of random colours, soft blobs, or a plain tint."""
    device = generator.device

    def uniform(*shape: int) -> torch.Tensor:
        return torch.rand(count, *shape, generator=generator, device=device)

    def smooth(colours: torch.Tensor) -> torch.Tensor:
        return functional.interpolate(colours, size=(size, size), mode="bicubic", align_corners=False)

    wash = smooth(255 * uniform(3, _CELLS[0], _CELLS[0]))
    blobs = smooth(255 * 0.6 * uniform(3, _CELLS[1], _CELLS[1]) + 100 * uniform(3, 1, 1))
    tint = 20 + 220 * uniform(1, 1, 1) + 12 * torch.randn(count, 3, 1, 1, generator=generator, device=device)
    kind = torch.randint(3, (count, 1, 1, 1), generator=generator, device=device)
    out = torch.where(kind == 0, wash, torch.where(kind == 1, blobs, tint.expand_as(wash)))
    return out.clamp(0, 255)


def _placed(x: torch.Tensor, spread: float, generator: torch.Generator) -> torch.Tensor:
    """Pictures [n,3,S,S] moved, turned and scaled a little."""
    shift, growth, turn = (spread * k for k in (_SHIFT, _GROWTH, _TURN))
    a = torch.randn(len(x), 4, generator=generator, device=x.device)
    scale, angle = (growth * a[:, 0]).exp(), turn * a[:, 1]
    cos, sin = scale * angle.cos(), scale * angle.sin()
    rows = [torch.stack([cos, -sin, shift * a[:, 2]], 1), torch.stack([sin, cos, shift * a[:, 3]], 1)]
    grid = functional.affine_grid(torch.stack(rows, 1), list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, mode="bicubic", padding_mode="reflection", align_corners=False)
