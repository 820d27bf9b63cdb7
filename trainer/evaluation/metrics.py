"""Measures of pictures. All take uint8 pictures [N, s, s, 3] and give one number a picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating]


def psnr(a: Pixels, b: Pixels) -> Floats:
    """[N] dB, peak 255; 100 where two pictures are equal, so that means stay finite."""
    error = np.square(a.astype(np.float64) - b).mean(axis=(1, 2, 3))
    return np.where(error > 0, 10 * np.log10(255**2 / np.maximum(error, 1e-12)), 100.0)


def ssim(a: Pixels, b: Pixels) -> Floats:
    """[N] structural similarity (Wang et al., IEEE TIP 2004): Gaussian window of 11, sigma 1.5, mean over channels."""
    from skimage.metrics import structural_similarity

    return np.array(
        [
            structural_similarity(
                x, y, channel_axis=2, data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
            )
            for x, y in zip(a, b, strict=True)
        ]
    )


def selectivity(change: Floats, own: int, others: npt.NDArray[np.bool_]) -> float:
    """How much an edit changes what it should, over how much it changes the rest.

    Args:
        change: [N, A] change of every attribute in standard deviations, signed so that the wanted change is positive.
        own: the attribute that was edited.
        others: [A] which attributes count as the rest.

    Returns:
        mean own change / mean absolute change of the others over pictures and attributes. Each picture's leaks count
        in full, whichever way they go.
    """
    leak = float(np.abs(change[:, others]).mean()) if others.any() else 0.0
    return float(change[:, own].mean()) / max(leak, 1e-6)
