"""The probability flow carries noise to the law that a denoiser knows, and knows its density."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.networks.denoiser import Denoiser, DenoiserConfig
from core.networks.probability_flow import HIGHEST, LOWEST, carry, carry_back, noise_levels


class Mixture(Denoiser):
    """The best denoiser of equally likely round normal laws, in closed form, in place of a trained network."""

    def __init__(self, centres: np.ndarray, width: float) -> None:
        self.centres = centres - centres.mean(axis=0)
        self.width = width
        self.variances = np.mean(self.centres**2, axis=0) + width**2  # uncorrelated centres

    def residual(self, whitened: np.ndarray, sigma: float) -> np.ndarray:
        total, noise = self.variances + sigma**2, self.width**2 + sigma**2
        y = whitened * np.sqrt(total)
        near = np.exp(self._parts(y, noise) - np.logaddexp.reduce(self._parts(y, noise), axis=1, keepdims=True))
        best = (self.width**2 * y + sigma**2 * near @ self.centres) / noise
        return (best - self.variances / total * y) / (sigma * np.sqrt(self.variances / total))

    def residual_along(
        self, whitened: np.ndarray, sigma: float, tangents: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        step = 1e-5
        moved = [
            (self.residual(whitened + step * t, sigma) - self.residual(whitened - step * t, sigma)) / (2 * step)
            for t in (() if tangents is None else tangents)
        ]
        return self.residual(whitened, sigma), np.array(moved)

    def log_density(self, y: np.ndarray) -> np.ndarray:
        return np.logaddexp.reduce(self._parts(y, self.width**2), axis=1)

    def _parts(self, y: np.ndarray, variance: float) -> np.ndarray:
        squares = np.square(y[:, None] - self.centres).sum(axis=2)
        constant = 0.5 * y.shape[1] * np.log(2 * np.pi * variance) + np.log(len(self.centres))
        return -0.5 * squares / variance - constant


def mixture(dimension: int) -> Mixture:
    """Two laws for each axis, at opposite places on it."""
    lengths = np.linspace(1.5, 0.7, dimension)
    return Mixture(np.concatenate([np.diag(lengths), -np.diag(lengths)]) * np.sqrt(dimension), 0.5)


def exact_probes(count: int, dimension: int) -> np.ndarray:
    unit = np.eye(dimension) * np.sqrt(dimension)
    return np.broadcast_to(unit[:, None], (dimension, count, dimension))


def test_noise_falls_from_step_to_step_to_nothing() -> None:
    levels = noise_levels(20)
    assert levels.shape == (21,)
    assert (np.diff(levels) < 0).all()
    assert levels[[0, -2, -1]] == pytest.approx([HIGHEST, LOWEST, 0])


def test_a_network_that_says_nothing_moves_nothing_however_few_the_steps() -> None:
    config = DenoiserConfig(4, 8, 1)
    silent = Denoiser(config, np.zeros(config.count, np.float16))
    u = np.random.default_rng(0).normal(size=(50, 4))
    variances = np.array([3.0, 1.0, 1e-3, 1e-9])
    for steps in (1, 2, 40):
        np.testing.assert_array_equal(carry(silent, u, variances, steps), u)
        noise, gains = carry_back(silent, u, variances, steps, np.ones((2, 50, 4), np.float32))
        np.testing.assert_array_equal(noise, u)
        np.testing.assert_array_equal(gains, 0)


@pytest.mark.parametrize("dimension", [2, 8])
def test_noise_is_carried_to_the_law_that_the_denoiser_knows(dimension: int) -> None:
    law = mixture(dimension)
    u = np.random.default_rng(1).normal(size=(4000, dimension))
    drawn = carry(law, u, law.variances, 40) * np.sqrt(law.variances)
    rng = np.random.default_rng(2)
    expected = law.centres[rng.integers(0, len(law.centres), 4000)] + law.width * rng.normal(size=drawn.shape)
    for axis in range(dimension):
        assert stats.ks_2samp(drawn[:, axis], expected[:, axis]).pvalue > 1e-3
    assert law.log_density(drawn).mean() == pytest.approx(law.log_density(expected).mean(), abs=0.1)


@pytest.mark.parametrize("dimension", [2, 8])
def test_the_density_of_a_mixture_is_its_closed_form(dimension: int) -> None:
    law = mixture(dimension)
    rng = np.random.default_rng(3)
    y = law.centres[rng.integers(0, len(law.centres), 60)] + law.width * rng.normal(size=(60, dimension))
    probes = exact_probes(60, dimension)
    noise, gains = carry_back(law, y / np.sqrt(law.variances), law.variances, 160, probes)
    found = gains.mean(axis=0) + stats.norm.logpdf(noise).sum(axis=1) - 0.5 * np.log(law.variances).sum()
    np.testing.assert_allclose(found, law.log_density(y), atol=0.02)
    np.testing.assert_allclose(carry(law, noise, law.variances, 160) * np.sqrt(law.variances), y, atol=0.02)
    signs = np.random.default_rng(4).choice([-1.0, 1.0], (64, 60, dimension))
    _, estimated = carry_back(law, y / np.sqrt(law.variances), law.variances, 40, signs)
    error = estimated.std(axis=0, ddof=1) / np.sqrt(64)
    assert (np.abs(estimated.mean(axis=0) - gains.mean(axis=0)) < 5 * error + 0.05).all()
