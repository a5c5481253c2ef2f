"""The diffusion model starts as N(μ, Σ), learns what the vectors have beyond it, and says what it did."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from core.errors import InputError
from core.networks import denoiser_training
from core.networks.denoiser import DenoiserConfig
from core.progress import Progress
from core.statistics import Posteriors, describe, log_variance_codes
from core.strategies import Diffusion, Material, make_strategy
from core.strategies.diffusion import config_for
from core.strategies.learned import FEWEST, chosen_by_content
from tests.helpers.bulks import MOONS_IN, bulk, moons

WITHOUT_KERAS = """
import sys
from pathlib import Path
import numpy as np
from core.strategies import Diffusion
with np.load(sys.argv[1]) as known:
    vectors = known["vectors"]
    drawn = Diffusion(5).fit(vectors, known=known).sample(3, seed=1)
assert not {"keras", "tensorflow"} & set(sys.modules), "a network was loaded to draw"
np.save(sys.argv[2], drawn)
"""


def with_random_network(vectors: np.ndarray, labels: tuple[str, ...] = ()) -> dict[str, np.ndarray]:
    """What a network has learned that learned nothing of sense."""
    dimension = vectors.shape[1]
    config = DenoiserConfig(dimension, 32, 2, len(labels))
    weights = np.random.default_rng(1).normal(0, 0.1, config.count).astype(np.float16)
    axes = describe(vectors).axes.axes.astype(np.float32)
    losses = np.array([[1.01, 1.01], [0.9, 0.95], [0.8, 0.97]], np.float32)
    mixing = np.random.default_rng(2).normal(0, 0.1, (dimension, dimension))
    stretch = (np.eye(dimension) + (mixing + mixing.T) / dimension).astype(np.float16)  # symmetric
    shift = np.linspace(-0.2, 0.3, dimension).astype(np.float16)
    known = {"axes_": axes, "weights_": weights, "sizes_": np.array([32, 2]), "losses_": losses}
    return known | {"stretch_": stretch, "shift_": shift, "labels_": np.array(labels, np.str_)}


def assert_density_is_of_what_is_drawn(fitted: Diffusion, vectors: np.ndarray) -> None:
    """In two dimensions: the share of samples in a box is the integral of the density over it."""
    drawn, centre, half = fitted.sample(10_000, seed=1), vectors.mean(axis=0), 0.5 * vectors.std(axis=0)
    grid = (np.arange(16) + 0.5) / 8 - 1
    places = centre + half * np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    mass = np.exp(fitted.log_density(places)).mean() * np.prod(2 * half)
    share = (np.abs(drawn - centre) < half).all(axis=1).mean()
    assert share == pytest.approx(mass, abs=5 * np.sqrt(mass / 10_000))


def test_with_too_few_vectors_it_is_the_multivariate_normal() -> None:
    vectors = bulk(FEWEST - 1)
    steps: list[Progress] = []
    fitted = Diffusion().fit(vectors, report=steps.append)
    drawn = fitted.sample(20_000, seed=3)
    assert [step.share for step in steps] == [1.0]
    assert fitted.note() == "No network learns from fewer than 100 vectors, so this is N(μ, Σ)."
    covariance = np.cov(vectors.T)
    white = (drawn - vectors.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(covariance)).T
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=5 / np.sqrt(20_000))
    np.testing.assert_allclose(np.cov(white.T), np.eye(4), atol=5 * np.sqrt(2 / 20_000))
    for column in white.T:
        assert stats.kstest(column, "norm").pvalue > 1e-4


def test_an_untrained_network_is_the_multivariate_normal_at_any_number_of_steps() -> None:
    vectors = bulk(400)
    known = with_random_network(vectors)
    known["weights_"] = np.zeros_like(known["weights_"])  # the last layer is what has to be zero
    known["stretch_"], known["shift_"] = np.eye(4, dtype=np.float16), np.zeros(4, np.float16)
    normal = make_strategy("mvn").fit(vectors)
    places = vectors[:50]
    for steps in (2, 7):
        fitted = Diffusion(steps).fit(vectors, known=known)
        np.testing.assert_allclose(fitted.log_density(places), normal.log_density(places), rtol=1e-5)
        white = normal.axes_.project(fitted.sample(20_000, seed=3)) / normal.deviations_
        np.testing.assert_allclose(white.mean(axis=0), 0, atol=5 / np.sqrt(20_000))
        np.testing.assert_allclose(np.cov(white.T), np.eye(4), atol=5 * np.sqrt(2 / 20_000))


def test_temperature_scales_the_noise_that_it_starts_from() -> None:
    vectors = bulk(FEWEST - 1)
    one, half = (Diffusion(temperature=t).fit(vectors) for t in (1.0, 0.5))
    mean = vectors.mean(axis=0)
    np.testing.assert_allclose(half.sample(10, seed=2) - mean, (one.sample(10, seed=2) - mean) / 2, atol=1e-5)
    law = stats.multivariate_normal(mean, np.cov(vectors.T) / 4)
    np.testing.assert_allclose(half.log_density(vectors), law.logpdf(vectors), rtol=1e-6)


def test_a_density_is_one_of_the_law_that_is_sampled() -> None:
    vectors = bulk(400, 2)
    fitted = Diffusion(20).fit(vectors, known=with_random_network(vectors))
    assert_density_is_of_what_is_drawn(fitted, vectors)
    found = fitted.likelihood(vectors[:20])
    assert found.moved < 1e-3
    assert found.deviation == 0  # few axes: the divergence is exact


def test_few_steps_give_finite_vectors_and_many_hardly_others() -> None:
    vectors = bulk(400, 40)
    known = with_random_network(vectors)
    rough, fine, finer = (Diffusion(n).fit(vectors, known=known).sample(200, seed=0) for n in (2, 40, 80))
    assert np.isfinite(rough).all()
    spread = np.abs(finer - vectors.mean(axis=0)).mean()
    assert np.abs(fine - finer).mean() < 0.01 * spread < np.abs(rough - finer).mean()
    np.testing.assert_array_equal(Diffusion(40).fit(vectors, known=known).sample(200, seed=0), fine)


def test_constant_components_stay_constant_and_few_vectors_stay_in_their_space() -> None:
    vectors = bulk(FEWEST - 1, 6)
    vectors[:, 2] = 7.0
    drawn = Diffusion().fit(vectors).sample(50, seed=0)
    np.testing.assert_allclose(drawn[:, 2], 7, rtol=1e-5)
    same = np.full((300, 3), 0.1)
    assert "No network learns from vectors that are all the same" in Diffusion().fit(same).note()


def test_it_says_when_it_stopped_and_that_few_vectors_can_be_learned_by_heart() -> None:
    vectors = bulk(400)
    said = Diffusion().fit(vectors, known=with_random_network(vectors)).note()
    assert said.startswith("The network of epoch 1 of 2, which tells vectors that it never saw from noise best: loss ")
    assert "loss 0.950, 0.900 in training; N(μ, Σ) has 1.010" in said
    assert "fewer than 5,000 vectors, which a network can learn by heart" in said


def test_a_kept_fit_of_256_components_takes_less_than_4_mb() -> None:
    config = config_for(256, 30_000)
    assert (config.width, config.blocks) == (448, 3)
    assert 2 * config.count + 4 * 256 * 256 < 4e6
    assert config_for(16, 2000).count < config.count / 10


def test_vectors_are_held_out_by_what_they_are() -> None:
    vectors = bulk(1000)
    chosen = chosen_by_content(vectors, 0.1)
    assert chosen.sum() == 100
    order = np.random.default_rng(0).permutation(1000)
    np.testing.assert_array_equal(chosen_by_content(vectors[order], 0.1), chosen[order])
    twice = chosen_by_content(np.concatenate([vectors, vectors[:200]]), 0.1)
    np.testing.assert_array_equal(twice[1000:], twice[:200])
    two = chosen_by_content(np.repeat([[0.0], [1.0]], [1, 99], axis=0), 0.1)
    assert 0 < two.sum() < 100


def test_what_is_drawn_is_moved_and_stretched_along_its_axes() -> None:
    vectors = bulk(400)
    known = with_random_network(vectors)
    plain = known | {"stretch_": np.eye(4, dtype=np.float16), "shift_": np.zeros(4, np.float16)}
    axes = describe(vectors).axes
    moved, drawn = (
        axes.project(Diffusion().fit(vectors, known=k).sample(500, seed=1)) / np.sqrt(axes.variances)
        for k in (known, plain)
    )
    stretch, shift = (known[name].astype(float) for name in ("stretch_", "shift_"))
    np.testing.assert_allclose(moved, (drawn - shift) @ stretch, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("given", [True, False])
def test_it_learns_from_mirrored_vectors_too_and_stops_by_those_that_it_is_given(
    given: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors, mirrored, validation = bulk(200), bulk(150) - 3, bulk(30) + 3
    seen: list[np.ndarray] = []

    def catch(
        config: object, training: object, learned: np.ndarray, held_out: np.ndarray, *_: object, **__: object
    ) -> None:
        seen.extend((learned, held_out))
        raise KeyboardInterrupt

    monkeypatch.setattr(denoiser_training, "train_denoiser", catch)
    with pytest.raises(KeyboardInterrupt):
        Diffusion().fit(vectors, material=Material(validation, mirrored) if given else None)
    description = describe(vectors)
    last = chosen_by_content(vectors, 0.1)
    expected = (np.concatenate([vectors, mirrored]), validation) if given else (vectors[~last], vectors[last])
    for part, meant in zip(seen, expected, strict=True):
        scaled = description.axes.project(meant) / np.sqrt(description.axes.variances.mean())
        np.testing.assert_allclose(part, scaled, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("given", [True, False])
def test_vectors_of_posteriors_are_drawn_anew_in_each_epoch_each_from_its_own(
    given: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors, validation = bulk(200), bulk(30)
    codes = log_variance_codes(np.log(np.full(vectors.shape, 0.01)))
    means = np.concatenate([vectors, -vectors])
    posteriors = Posteriors(means, np.concatenate([codes, codes]))
    material = Material(validation if given else None, -vectors, posteriors)
    caught: list[tuple[np.ndarray, Callable[..., np.ndarray]]] = []

    def catch(*arguments: Any, **_: object) -> None:
        caught.append((arguments[2], arguments[-1]))
        raise KeyboardInterrupt

    monkeypatch.setattr(denoiser_training, "train_denoiser", catch)
    with pytest.raises(KeyboardInterrupt):
        Diffusion().fit(vectors, material=material)
    ((learned, draw),) = caught
    kept = ~chosen_by_content(vectors, 0.1)
    expected = means if given else means[np.concatenate([kept, np.ones(200, bool)])]
    description, rng = describe(vectors), np.random.default_rng(0)
    scale = np.sqrt(description.axes.variances.mean())
    assert len(learned) == len(expected)
    rows = np.array([3, 0, 150, len(expected) - 1])
    drawn = np.array([draw(rows, rng) for _ in range(400)])
    np.testing.assert_allclose(drawn.mean(axis=0), description.axes.project(expected[rows]) / scale, atol=0.05)
    assert drawn.std(axis=0).mean() * scale == pytest.approx(0.1, rel=0.05)


def test_drawing_loads_no_tensorflow_and_gives_the_same_in_another_process(tmp_path: Path) -> None:
    vectors = bulk(150)
    known = with_random_network(vectors)
    np.savez(tmp_path / "known.npz", vectors=vectors, **known)
    command = [sys.executable, "-c", WITHOUT_KERAS, str(tmp_path / "known.npz"), str(tmp_path / "drawn.npy")]
    subprocess.run(command, check=True)
    expected = Diffusion(5).fit(vectors, known=known).sample(3, seed=1)
    np.testing.assert_allclose(np.load(tmp_path / "drawn.npy"), expected, rtol=1e-6)


@pytest.mark.slow
def test_a_loss_that_is_no_number_ends_the_training_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Diffusion, "EPOCHS", (30, 30))
    monkeypatch.setattr(Diffusion, "RATE", 1e30)
    with pytest.raises(InputError, match=r"^The loss is not finite in epoch \d+; [^\n]*\.$"):
        Diffusion().fit(bulk(120))


@pytest.mark.slow
def test_two_moons_are_learned_better_than_by_one_normal_law(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Diffusion, "EPOCHS", (120, 120))  # of 600, in larger steps
    monkeypatch.setattr(Diffusion, "RATE", 4e-3)
    monkeypatch.setattr(Diffusion, "DRAWN", (6000, 6000))
    vectors, unseen = moons(2000, 0).astype(np.float32), moons(400, 1)
    steps: list[Progress] = []
    fitted = Diffusion().fit(vectors, report=steps.append)
    gain = fitted.log_density(unseen) - make_strategy("mvn").fit(vectors).log_density(unseen)
    assert gain.mean() > 0.15  # nats; 0.37 where this was written
    assert gain.mean() > 5 * gain.std(ddof=1) / np.sqrt(len(gain))
    epochs = [step for step in steps if step.epoch is not None]
    assert [step.epoch for step in epochs] == list(range(1, 121))
    assert {step.task for step in steps} == {"fitting Diffusion", "measuring what is drawn"}
    losses = np.array([step.numbers["validation loss"] for step in epochs], np.float32)
    np.testing.assert_array_equal(fitted.losses_[1:, 1], losses)
    assert losses.min() < 0.995 < fitted.losses_[0, 1]
    normal = make_strategy("mvn").fit(vectors)
    white = normal.axes_.project(fitted.sample(6000, seed=1)) / normal.deviations_
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=6 / np.sqrt(6000))  # as are those of the data
    np.testing.assert_allclose(np.cov(white.T), np.eye(MOONS_IN), atol=0.1)


@pytest.mark.slow
def test_where_nothing_is_learned_it_stays_the_multivariate_normal(monkeypatch: pytest.MonkeyPatch) -> None:
    """One component, and so few steps that no epoch is better than none."""
    monkeypatch.setattr(Diffusion, "EPOCHS", (3, 3))
    monkeypatch.setattr(Diffusion, "RATE", 0.3)
    line = np.random.default_rng(0).normal(5, 2, (150, 1))
    fitted = Diffusion().fit(line)
    assert (
        fitted.note()
        == "In 3 epochs no network told unseen vectors from noise better than N(μ, Σ), so this is N(μ, Σ)."
    )
    np.testing.assert_allclose(fitted.log_density(line), make_strategy("mvn").fit(line).log_density(line), rtol=1e-6)


@pytest.mark.slow
def test_a_training_that_was_interrupted_goes_on_to_the_same_weights(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Diffusion, "EPOCHS", (4, 4))
    monkeypatch.setattr(Diffusion, "DRAWN", (500, 500))
    vectors, epochs, material = bulk(300), [], Material(workplace=tmp_path / "work")

    def interrupt(progress: Progress) -> None:
        if progress.epoch:
            epochs.append(progress.epoch)
        if progress.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Diffusion().fit(vectors, report=interrupt, material=material)
    resumed = Diffusion().fit(vectors, report=interrupt, material=material)
    assert epochs == [1, 2, 3, 4]
    whole = Diffusion().fit(vectors)
    for name in Diffusion.learned:
        np.testing.assert_array_equal(getattr(resumed, name), getattr(whole, name))
    assert whole.weights_.dtype == np.float16
    (tmp_path / "work" / "best.safetensors").write_bytes(b"damaged")
    with pytest.raises(InputError, match=r"best\.safetensors is damaged; delete [^\n]*\.$"):
        Diffusion().fit(vectors, material=material)
