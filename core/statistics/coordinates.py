"""Independent coordinates, normal, cut or uniform, and the characteristic functions of their squares."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

__all__ = ["Coordinates", "factors"]

Floats = npt.NDArray[np.float64]
Complexes = npt.NDArray[np.complex128]

FAR = 7.0
"""Standard deviations beyond which a normal number hardly lies."""

FLAT = 1e-9
"""Widths below this share of the widest are constants."""


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Independent coordinates x_j = c_j + w_j y_j, where all y_j have one law.

    Attributes
    ----------
    centres, widths : arrays (d,)
    cut : float or None
        y is standard normal and cut at ± this, which may be infinite; None where it is uniform on [-1, 1].
    """

    centres: Floats
    widths: Floats
    cut: float | None = math.inf

    def __len__(self) -> int:
        return len(self.widths)

    @property
    def varying(self) -> Coordinates:
        """The coordinates that are not constant."""
        return self._those(self._varies)

    @property
    def constants(self) -> Floats:
        """The values of the others."""
        return self.centres[~self._varies]

    @property
    def _varies(self) -> npt.NDArray[np.bool_]:
        scale = max(np.abs(self.centres).max(initial=0.0), self.widths.max(initial=0.0))
        return np.asarray(self.widths > FLAT * scale)

    @property
    def reach(self) -> Floats:
        """Largest absolute values that count, shape (d,)."""
        return np.asarray(np.abs(self.centres) + self._half * self.widths)

    @property
    def _half(self) -> float:
        return 1.0 if self.cut is None else min(self.cut, FAR)

    def sorted(self) -> Coordinates:
        """Return them from the widest to the narrowest."""
        return self._those(np.argsort(-self.widths, kind="stable"))

    def without_first(self) -> Coordinates:
        """Return all but the first."""
        return self._those(slice(1, None))

    def support(self, j: int) -> tuple[float, float]:
        """Return between which values coordinate j lies."""
        half = self._half * self.widths[j]
        return float(self.centres[j] - half), float(self.centres[j] + half)

    def pdf(self, j: int, values: Floats) -> Floats:
        """Return the density of coordinate j at values in its support."""
        if self.cut is None:
            return np.full_like(values, 0.5 / self.widths[j])
        y = (values - self.centres[j]) / self.widths[j]
        kept = scipy.special.erf(self.cut / math.sqrt(2)) * math.sqrt(2 * math.pi) * self.widths[j]
        return np.asarray(np.exp(-np.square(y) / 2) / kept)

    def cdf(self, j: int, values: Floats) -> Floats:
        """Return the distribution function of coordinate j."""
        y = np.clip((values - self.centres[j]) / self.widths[j], -self._half, self._half)
        if self.cut is None:
            return np.asarray((y + 1) / 2)
        low, high = scipy.special.ndtr((-self._half, self._half))
        return np.asarray((scipy.special.ndtr(y) - low) / (high - low))

    def square_moments(self) -> tuple[float, float]:
        """Return mean and variance of the sum of squares."""
        second, fourth = self._moments()
        squares, spreads = np.square(self.centres), np.square(self.widths)
        variances = 4 * squares * spreads * second + np.square(spreads) * (fourth - second**2)
        return float((squares + second * spreads).sum()), float(variances.sum())

    def _moments(self) -> tuple[float, float]:
        """Return the second and the fourth moment of y."""
        if self.cut is None:
            return 1 / 3, 1 / 5
        if math.isinf(self.cut):
            return 1.0, 3.0
        nodes, weights = np.polynomial.legendre.leggauss(64)
        density = weights * np.exp(-np.square(self.cut * nodes) / 2)
        return tuple(float(density @ (self.cut * nodes) ** p / density.sum()) for p in (2, 4))  # type: ignore[return-value]

    def transform(self, frequencies: Floats) -> Complexes:
        """Return the characteristic function of the sum of squares at frequencies (k,)."""
        size = max(1, 2**19 // len(self))
        parts = np.array_split(frequencies, math.ceil(len(frequencies) / size))
        return np.concatenate([factors(self, part).prod(axis=1) for part in parts])

    def _those(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp] | slice) -> Coordinates:
        return Coordinates(self.centres[rows], self.widths[rows], self.cut)


def factors(coordinates: Coordinates, frequencies: Floats) -> Complexes:
    """Return the characteristic function of each square at frequencies t > 0 (k,), shape (k, d)."""
    t, c, w, cut = frequencies[:, None], coordinates.centres, coordinates.widths, coordinates.cut
    if cut is None:
        scale = np.sqrt(2 * t / math.pi)
        ends = (scipy.special.fresnel(scale * end) for end in (c + w, c - w))
        sines, cosines = (high - low for high, low in zip(*ends, strict=True))
        return np.asarray((cosines + 1j * sines) / (2 * w * scale))
    half = 0.5 - 1j * t * w**2
    whole = np.exp(1j * t * c**2 * 0.5 / half) / np.sqrt(2 * half)
    if math.isinf(cut):
        return np.asarray(whole)
    root, shift = np.sqrt(half), 1j * t * c * w
    total = np.zeros_like(whole)
    for side in (1.0, -1.0):  # erf(z) = ±(1 - exp(-z²) w(±iz)), so that nothing overflows
        z = root * cut - side * shift / root
        sign = np.where(z.real < 0, -1.0, 1.0)
        edge = np.exp(-(cut**2) / 2 + 1j * t * (c + side * w * cut) ** 2) / np.sqrt(2 * half)
        total += sign * (whole - edge * scipy.special.wofz(1j * sign * z))
    return np.asarray(total / (2 * scipy.special.erf(cut / math.sqrt(2))))
