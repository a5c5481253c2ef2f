r"""The probability flow of a denoiser: the way from noise to vectors, and how it changes densities.

In whitened coordinates :math:`u = y/\sqrt{\lambda + \sigma^2}` and angles
:math:`\theta_i = \arctan(\sigma/\sqrt{\lambda_i})` the flow of Song et al. 2021 (score-based generative modeling
through stochastic differential equations) is

.. math:: \frac{\mathrm{d}u_i}{\mathrm{d}\theta_i} = -F_i(u, \sigma),

with the skip connection of :class:`~core.networks.denoiser.Denoiser` solved in closed form, its divergence, too: with
F = 0 nothing moves, and standard normal u stay what they are however few the steps.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.networks.denoiser import Residual

__all__ = ["carry", "carry_back", "noise_levels"]

Floats = npt.NDArray[np.float64]

HIGHEST, LOWEST, CURVATURE = 40.0, 0.002, 7.0
"""First and last noise level in units of the vectors, and how fast levels fall (Karras et al. 2022: 80, 0.002, 7)."""


def noise_levels(steps: int) -> Floats:
    """Return the noise levels between so many steps, the last of which is without noise, (steps + 1,)."""
    roots = np.linspace(HIGHEST ** (1 / CURVATURE), LOWEST ** (1 / CURVATURE), steps)
    return np.append(roots**CURVATURE, 0.0)


def carry(denoiser: Residual, whitened: Floats, variances: Floats, steps: int) -> Floats:
    """Return where noise (n, m) ends as vectors, in units of their deviations, by Heun's method.

    Parameters
    ----------
    denoiser : Denoiser or Guided
    whitened : array (n, m)
        Standard normal, by their law.
    variances : array (m,)
        Of the vectors.
    steps : int
        Each calls the network twice, the last once.
    """
    levels, angles = _angles(variances, steps)
    u = whitened
    for step in range(steps):
        turn = angles[step + 1] - angles[step]
        slope: Floats = -denoiser.residual(u, levels[step]).astype(np.float64)
        if levels[step + 1] > 0:
            slope = (slope - denoiser.residual(u + turn * slope, levels[step + 1])) / 2
        u = u + turn * slope
    return u


def carry_back(
    denoiser: Residual, whitened: Floats, variances: Floats, steps: int, probes: npt.NDArray[np.float32]
) -> tuple[Floats, Floats]:
    r"""Return which noise ends at vectors, and by how much their log density exceeds that of the noise.

    Parameters
    ----------
    denoiser, variances, steps
        As of :func:`carry`.
    whitened : array (n, m)
        Vectors in units of their deviations.
    probes : array (k, n, m)
        Directions v with :math:`\langle v v^T \rangle = 1`, whose mean of :math:`v^T J v` stands for the trace of a
        matrix J (Hutchinson 1989); unit vectors times √m, all of them, make it exact.

    Returns
    -------
    noise : array (n, m)
    gains : array (k, n)
        One for each probe; their mean is the estimate.
    """
    levels, angles = _angles(variances, steps)
    u, gains = whitened, np.zeros(probes.shape[:2])
    for step in reversed(range(steps)):
        turn = angles[step] - angles[step + 1]
        below, above = max(levels[step + 1], LOWEST), levels[step]
        slope, traces = _slope(denoiser, u, below, probes, turn)
        if levels[step + 1] > 0:
            ahead, more = _slope(denoiser, u + turn * slope, above, probes, turn)
            slope, traces = (slope + ahead) / 2, (traces + more) / 2
        u = u + turn * slope
        gains += traces
    return u, gains


def _angles(variances: Floats, steps: int) -> tuple[Floats, Floats]:
    """Return noise levels (steps + 1,) and the angles of all axes at each, (steps + 1, m)."""
    levels = noise_levels(steps)
    return levels, np.arctan2(levels[:, None], np.sqrt(variances))


def _slope(
    denoiser: Residual, u: Floats, sigma: float, probes: npt.NDArray[np.float32], turn: Floats
) -> tuple[Floats, Floats]:
    """Return du/dθ at a noise level, and for each probe (k, n) what the divergence of a turn adds to a log density."""
    residual, along = denoiser.residual_along(u, sigma, probes)
    return -residual.astype(np.float64), np.einsum("knm,knm,m->kn", probes, -along, turn)
