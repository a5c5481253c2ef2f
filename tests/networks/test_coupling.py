"""A coupling flow moves nothing untrained, is undone exactly, and knows how it changes volumes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.networks.coupling import MOST_STRETCHED, CouplingConfig, CouplingFlow, sides

CONFIG = CouplingConfig(5, 8, 3)


def random_weights(config: CouplingConfig, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in config.shapes.items()}


def random_flow(config: CouplingConfig, seed: int = 0) -> CouplingFlow:
    return CouplingFlow(config, config.pack(random_weights(config, seed)))


def test_weights_of_zero_move_nothing() -> None:
    flow = CouplingFlow(CONFIG, np.zeros(CONFIG.count, np.float16))
    vectors = np.random.default_rng(0).normal(size=(7, 5))
    noise, gains = flow.to_noise(vectors)
    np.testing.assert_array_equal(noise, vectors)
    np.testing.assert_array_equal(gains, 0)
    np.testing.assert_array_equal(flow.to_vectors(vectors), vectors)


@given(st.integers(2, 12), st.integers(1, 7), st.integers(0, 99))
def test_what_is_done_is_undone(dimension: int, layers: int, seed: int) -> None:
    flow = random_flow(CouplingConfig(dimension, 8, layers), seed)
    vectors = np.random.default_rng(seed).normal(size=(6, dimension))
    noise, _ = flow.to_noise(vectors)
    np.testing.assert_allclose(flow.to_vectors(noise), vectors, rtol=1e-3, atol=1e-3)
    again, _ = flow.to_noise(flow.to_vectors(vectors))
    np.testing.assert_allclose(again, vectors, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_the_log_determinant_is_that_of_the_derivatives(seed: int) -> None:
    config = CouplingConfig(4, 8, 4)
    weights = random_weights(config, seed)
    flow = CouplingFlow(config, config.pack({name: w / 4 for name, w in weights.items()}))
    place, step = np.random.default_rng(seed).normal(size=4), 1e-2
    ahead, behind = (flow.to_noise(place + sign * step * np.eye(4))[0] for sign in (1, -1))
    _, logarithm = np.linalg.slogdet((ahead - behind) / (2 * step))
    assert flow.to_noise(place[None])[1][0] == pytest.approx(logarithm, abs=5e-3)


@pytest.mark.parametrize("dimension", [2, 3, 16, 257])
def test_two_layers_move_every_axis_and_further_ones_are_told_by_others(dimension: int) -> None:
    for number in range(0, 8, 2):
        (told, moved), (told_then, moved_then) = sides(dimension, number), sides(dimension, number + 1)
        np.testing.assert_array_equal(np.sort(np.concatenate([told, moved])), np.arange(dimension))
        np.testing.assert_array_equal(told_then, moved)
        np.testing.assert_array_equal(moved_then, told)
        assert abs(len(told) - len(moved)) <= 1
    if dimension > 3:
        assert set(sides(dimension, 0)[0]) != set(sides(dimension, 2)[0])


def test_no_layer_stretches_beyond_its_limit() -> None:
    config = CouplingConfig(2, 4, 1)
    flow = CouplingFlow(config, np.full(config.count, 1000, np.float16))
    _, gains = flow.to_noise(np.array([[1e6, 1e6]]))
    assert gains[0] == pytest.approx(MOST_STRETCHED)
    assert np.isfinite(flow.to_vectors(np.full((1, 2), -1e6))).all()


@pytest.mark.parametrize("wrong", [{"dimension": 1}, {"width": 0}, {"layers": True}])
def test_sizes_that_are_none_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError, match="must be a whole number"):
        CouplingConfig(**{"dimension": 4, **wrong})


@pytest.mark.slow
def test_numpy_computes_what_keras_trains() -> None:
    from core.networks.coupling_training import _build
    from core.networks.trainees import weights_of

    model = _build(CONFIG, seed=0)
    weights = {name: w.astype(np.float16).astype(np.float32) for name, w in random_weights(CONFIG).items()}
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([weights[f"{layer.name}/{v.name}"] for v in layer.weights])
    assert set(weights_of(model)) == set(CONFIG.shapes)
    vectors = np.random.default_rng(5).normal(size=(9, 5)).astype(np.float32)
    noise, gains = CouplingFlow(CONFIG, CONFIG.pack(weights)).to_noise(vectors.astype(float))
    expected = 0.5 * np.log(2 * np.pi) + (0.5 * np.square(noise).sum(axis=1) - gains) / 5
    np.testing.assert_allclose(model([vectors]).numpy(), expected, rtol=1e-4)
