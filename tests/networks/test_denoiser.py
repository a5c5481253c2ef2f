"""The denoiser is the Wiener filter until it is trained; numpy computes what Keras trains; derivatives are exact."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.networks.denoiser import Denoiser, DenoiserConfig, noise_features

CONFIG = DenoiserConfig(5, 24, 2)
VARIANCES = np.array([4.0, 1.0, 0.5, 0.1, 1e-9])


def random_weights(config: DenoiserConfig, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(0, 0.3, shape) for name, shape in config.shapes.items()}


def untrained(config: DenoiserConfig) -> Denoiser:
    weights = random_weights(config)
    return Denoiser(config, config.pack({n: 0 * w if n.startswith("last") else w for n, w in weights.items()}))


@pytest.fixture
def denoiser() -> Denoiser:
    return Denoiser(CONFIG, CONFIG.pack(random_weights(CONFIG)))


def test_weights_are_the_same_when_they_are_unpacked() -> None:
    weights = random_weights(CONFIG)
    packed = CONFIG.pack(weights)
    assert packed.dtype == np.float16
    assert packed.shape == (CONFIG.count,)
    for name, array in CONFIG.unpack(packed).items():
        np.testing.assert_array_equal(array, weights[name].astype(np.float16))


def test_without_a_last_layer_it_is_the_wiener_filter_of_a_normal_law() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(2000, 5)) * np.sqrt(VARIANCES)
    for sigma in (0.01, 0.7, 30.0):
        noisy = vectors + sigma * rng.normal(size=vectors.shape)
        found = untrained(CONFIG).denoise(noisy, sigma, VARIANCES)
        np.testing.assert_allclose(found, VARIANCES / (VARIANCES + sigma**2) * noisy)


def test_a_noise_level_for_each_vector_is_as_good_as_one_for_all(denoiser: Denoiser) -> None:
    noisy, sigma = np.random.default_rng(2).normal(size=(7, 5)), np.geomspace(0.002, 40, 7)
    each = np.concatenate([denoiser.denoise(noisy[i : i + 1], sigma[i], VARIANCES) for i in range(7)])
    np.testing.assert_allclose(denoiser.denoise(noisy, sigma, VARIANCES), each, rtol=1e-4, atol=1e-6)
    assert np.abs(noise_features(sigma)).max() <= 1


def test_derivatives_along_directions_are_those_of_small_steps(denoiser: Denoiser) -> None:
    rng = np.random.default_rng(3)
    u, along, sigma, step = rng.normal(size=(6, 5)), rng.normal(size=(3, 6, 5)), 0.5, 1e-3
    residual, found = denoiser.residual_along(u, sigma, along)
    np.testing.assert_array_equal(residual, denoiser.residual(u, sigma))
    for direction, derivative in zip(along, found, strict=True):
        ahead, behind = (denoiser.residual(u + s * step * direction, sigma) for s in (1, -1))
        np.testing.assert_allclose(derivative, (ahead - behind) / (2 * step), rtol=0.02, atol=0.01)


def test_huge_values_overflow_nowhere(denoiser: Denoiser) -> None:
    assert np.isfinite(denoiser.residual(np.full((2, 5), 1e12), 1.0)).all()


@pytest.mark.parametrize("wrong", [{"dimension": 0}, {"width": 0}, {"blocks": True}])
def test_sizes_that_are_none_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError, match="must be a whole number"):
        DenoiserConfig(**{"dimension": 4, **wrong})


@pytest.mark.slow
def test_numpy_computes_what_keras_trains() -> None:
    from core.networks.denoiser_training import _build
    from core.networks.trainees import weights_of

    model = _build(CONFIG, seed=0)
    weights = {name: w.astype(np.float16).astype(np.float32) for name, w in random_weights(CONFIG).items()}
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([weights[f"{layer.name}/{v.name}"] for v in layer.weights])
    assert set(weights_of(model)) == set(CONFIG.shapes)
    rng = np.random.default_rng(5)
    u, sigma = rng.normal(size=(9, 5)).astype(np.float32), np.geomspace(0.002, 40, 9)
    expected = model([u, noise_features(sigma)]).numpy()
    found = Denoiser(CONFIG, CONFIG.pack(weights)).residual(u, sigma)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
