"""The variational autoencoder: its laws, its loss, its training."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.networks import (
    AutoencoderConfig,
    TrainingConfig,
    VariationalAutoencoder,
    VariationalConfig,
    load_autoencoder,
    read_configuration,
    train,
)
from core.networks.kinds import HIGHEST, LOWEST
from core.networks.trainees import Trainee, VariationalTrainee
from tests.helpers.networks import random_autoencoder

SIZES = {"image_size": 8, "latent_size": 4, "filters": (8, 16)}
CONFIG = VariationalConfig(**SIZES, beta=1.0)
PIXELS = np.random.default_rng(0).integers(0, 256, (80, 8, 8, 3), np.uint8)


@pytest.fixture(scope="module")
def trainee() -> VariationalTrainee:
    return VariationalTrainee(CONFIG, seed=1)


@pytest.fixture(scope="module")
def autoencoder() -> VariationalAutoencoder:
    made = random_autoencoder(CONFIG, seed=1)
    assert isinstance(made, VariationalAutoencoder)
    return made


@pytest.mark.slow
def test_it_begins_with_the_weights_of_the_plain_one_and_with_the_prior_s_spread(trainee: VariationalTrainee) -> None:
    plain = Trainee(AutoencoderConfig(**SIZES), seed=1).weights()
    weights = trainee.weights()
    assert (trainee.autoencoder().encode_law(PIXELS)[1] == 0).all()
    assert set(weights) - set(plain) == {"encoder/log_variance/kernel", "encoder/log_variance/bias"}
    assert all(np.array_equal(weights[name], value) for name, value in plain.items())


def test_vectors_are_the_means_of_the_laws(autoencoder: VariationalAutoencoder) -> None:
    means, log_variances = autoencoder.encode_law(PIXELS)
    np.testing.assert_allclose(autoencoder.encode(PIXELS), means, rtol=1e-5, atol=1e-6)
    assert means.shape == log_variances.shape == (80, 4)
    assert log_variances.std() > 0


def test_log_variances_stay_within_their_limits(autoencoder: VariationalAutoencoder) -> None:
    weights = autoencoder.weights()
    weights["encoder/log_variance/kernel"][:] = 0
    weights["encoder/log_variance/bias"] = np.array([-99.0, 99.0, 0.0, 1.0], np.float32)
    wild = VariationalAutoencoder(CONFIG, weights)
    np.testing.assert_allclose(wild.encode_law(PIXELS[:1])[1], [[LOWEST, HIGHEST, 0, 1]])


@pytest.mark.slow
def test_the_loss_is_the_error_plus_the_weighted_divergence(trainee: VariationalTrainee) -> None:
    autoencoder, model = trainee.autoencoder(), trainee.training_model(10, 0)
    model.compile(loss="mean_squared_error", jit_compile=False)
    pixels = PIXELS[:64].astype(np.float32) / 255
    total = float(model.test_on_batch(pixels, pixels))
    means, _ = autoencoder.encode_law(pixels)
    divergence = 0.5 * np.square(means).sum(axis=1).mean()  # of N(μ, I) from N(0, I)
    noisy = [
        np.square(autoencoder.decode_exactly(means + np.random.default_rng(s).standard_normal(means.shape)) - pixels)
        for s in range(20)
    ]
    assert total == pytest.approx(np.mean(noisy) + divergence / math.prod(autoencoder.image_shape), rel=0.01)


def test_weights_are_kept_and_the_kind_is_found_again(autoencoder: VariationalAutoencoder, tmp_path: Path) -> None:
    config = read_configuration({"kind": "variational", **CONFIG.to_dict(), "filters": list(CONFIG.filters)})
    assert config == CONFIG
    autoencoder.save(tmp_path / "weights.safetensors")
    again = load_autoencoder(tmp_path / "weights.safetensors", config)
    assert isinstance(again, VariationalAutoencoder)
    np.testing.assert_allclose(again.encode(PIXELS), autoencoder.encode(PIXELS), atol=2e-3)
    assert "Kullback-Leibler" in again.describe()[2]


@pytest.mark.parametrize("wrong", [{"beta": -1.0}, {"beta": math.nan}, {"beta": 1}, {"warm_up": 2.0}, {"beta": "1"}])
def test_impossible_weights_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match=f"{next(iter(wrong))} must be a number"):
        VariationalConfig(**SIZES, **wrong)  # type: ignore[arg-type]


def test_images_of_another_shape_are_refused(autoencoder: VariationalAutoencoder) -> None:
    with pytest.raises(InputError, match="takes"):
        autoencoder.encode_law(PIXELS[:, :4])


@pytest.mark.slow
def test_a_strong_weight_fills_the_prior_and_a_weak_one_keeps_the_images(tmp_path: Path) -> None:
    rows = np.arange(64)
    smooth = np.broadcast_to(PIXELS[:, :1, :1], PIXELS.shape)  # one colour each
    training = TrainingConfig(epochs=36, batch_size=8, learning_rate=1e-2, flip=False)
    errors, spreads = [], []
    for beta in (0.001, 50.0):
        config = VariationalConfig(**SIZES, beta=beta, warm_up=0.1)
        trained, _ = train(config, training, smooth, rows, rows[:0], tmp_path / str(beta))
        assert isinstance(trained, VariationalAutoencoder)
        means, log_variances = trained.encode_law(smooth[rows])
        errors.append(np.square(trained.decode_exactly(means) - smooth[rows] / 255).mean())
        spreads.append(np.exp(log_variances).mean())
        assert np.isfinite(log_variances).all()
    assert errors[0] < 0.3 * errors[1]
    assert spreads[0] < 0.5 * spreads[1]
    assert spreads[1] == pytest.approx(1, abs=0.1)  # nothing is told of the images: the posterior is the prior


@pytest.mark.slow
def test_a_resumed_training_is_the_uninterrupted_one(tmp_path: Path) -> None:
    rows = np.arange(64)
    training = TrainingConfig(epochs=3, batch_size=32)
    whole, history = train(CONFIG, training, PIXELS, rows, rows[:0], tmp_path / "whole")

    def stop(progress: object) -> None:
        if progress.done == 2 * 2:  # type: ignore[attr-defined]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(CONFIG, training, PIXELS, rows, rows[:0], tmp_path / "parts", stop)
    resumed, again = train(CONFIG, training, PIXELS, rows, rows[:0], tmp_path / "parts")
    assert [e.loss for e in again] == pytest.approx([e.loss for e in history], rel=1e-6)
    for name, value in whole.weights().items():
        np.testing.assert_allclose(resumed.weights()[name], value, atol=1e-6)
