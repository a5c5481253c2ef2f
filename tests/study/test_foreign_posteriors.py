"""Variational autoencoders that were made elsewhere: their log variances are kept as those of a trained one are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.__main__ import main
from core.errors import InputError
from core.networks.backend import import_keras
from core.networks.keras_models import open_keras
from core.sources.images import open_images
from core.sources.labels import join_labels
from core.strategies import applicable, make_strategy
from core.study import Study, open_study
from core.study.building import encode_study
from core.study.describing import describe_study
from core.study.fits import fit_strategy
from core.study.importing import write_found
from core.study.looking import Found, look
from core.study.models import Wishes, open_model, try_model
from tests.helpers.foreign import onnx_linear, pictures, principal, write_pictures

SHAPE = (10, 12, 3)
COUNT, SIZE = 70, 4

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # of Keras, when it saves
]


def gives(low: float, high: float = 0.0) -> list[np.ndarray]:
    """Return weights of a layer whose output lies near a number, the last component of it near another."""
    weights = np.random.default_rng(1).normal(0, 1e-3, (int(np.prod(SHAPE)), SIZE)).astype(np.float32)
    return [weights, np.array([low] * (SIZE - 1) + [high], np.float32)]


def keras_variational(folder: Path, *, second: list[np.ndarray], activation: str = "linear") -> tuple[Path, Path]:
    """Write an encoder with a mean, whose last component is blind, and another output; and their decoder."""
    keras = import_keras()
    layers = keras.layers
    mean, axes, zero = principal(pictures(COUNT, SHAPE), SIZE, 0, 1)
    axes[:, -1] = 0
    flat = layers.Flatten()(image := keras.Input(SHAPE))
    outputs = [layers.Dense(SIZE, name="z_mean")(flat), layers.Dense(SIZE, activation, name="other")(flat)]
    encoder: Any = keras.Model(image, outputs)
    decoder = keras.Sequential([keras.Input((SIZE,)), layers.Dense(mean.size), layers.Reshape(SHAPE)])
    encoder.get_layer("z_mean").set_weights([axes, zero - mean @ axes])
    encoder.get_layer("other").set_weights(second)
    decoder.set_weights([axes.T, mean])
    paths = folder / "encoder.keras", folder / "decoder.keras"
    encoder.save(paths[0])
    decoder.save(paths[1])
    return paths


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with images, and a Keras encoder of them with log variances about -5, and 0 where it is blind."""
    folder = tmp_path_factory.mktemp("brought")
    write_pictures(folder / "images", pictures(COUNT, SHAPE))
    keras_variational(folder, second=gives(-5.0))
    return folder


@pytest.fixture(scope="module")
def found(brought: Path) -> Found:
    return look([brought / "encoder.keras", brought / "decoder.keras"], brought / "images")


@pytest.fixture(scope="module")
def study(found: Found, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return write_found(found, tmp_path_factory.mktemp("studies") / "mine").study


def test_log_variances_are_those_of_the_encoder_itself(brought: Path, found: Found, study: Study) -> None:
    assert "posteriors: output 1 is taken for the log variance" in "\n".join(found.describe())
    means, log_variances = open_keras(brought / "encoder.keras").run(
        (pictures(COUNT, SHAPE) / 255).astype(np.float32)[:32]
    )
    assert study.posteriors is not None
    order = [list(study.rows["image"]).index(f"{i:04}.png") for i in range(32)]
    np.testing.assert_allclose(study.posteriors.means[order], means, atol=2e-3)
    np.testing.assert_allclose(study.posteriors.spreads(np.array(order)), np.exp(log_variances / 2), rtol=0.02)
    assert study.config is not None
    assert "output 0 the mean, output 1 the log variance" in study.config.describe()[0]


def test_the_aggregate_posterior_is_what_everything_is_held_against(study: Study) -> None:
    assert study.posteriors is not None
    np.testing.assert_array_equal(study.posteriors.collapsed, [False, False, False, True])
    np.testing.assert_array_equal(study.latents, study.posteriors.one_of_each())
    np.testing.assert_array_equal(study.with_means_alone().latents, study.stored)
    assert "aggregate" in [strategy.key for strategy in applicable(study.posteriors is not None)]
    aggregate = make_strategy("aggregate")
    fit_strategy(study, describe_study(study), aggregate)
    drawn = aggregate.sample(4000, np.random.default_rng(0))
    np.testing.assert_allclose(drawn[:, -1].std(), 1, rtol=0.05)  # the blind component holds its noise alone


def test_images_that_come_later_bring_their_posteriors(brought: Path, study: Study, tmp_path: Path) -> None:
    again = open_study(study.folder)
    source = open_images(brought / "images")
    other = encode_study(again, source, join_labels(source.names[:20]), tmp_path / "other").study
    assert other.posteriors is not None
    assert study.posteriors is not None
    np.testing.assert_array_equal(other.posteriors.codes, study.posteriors.codes[:20])


def test_vectors_that_are_the_means_have_them_and_samples_have_not(brought: Path, study: Study, tmp_path: Path) -> None:
    paths, images = [brought / "encoder.keras", brought / "decoder.keras"], brought / "images"
    np.save(tmp_path / "z.npy", np.asarray(study.stored, np.float32))
    given = write_found(look([*paths, tmp_path / "z.npy"], images), tmp_path / "given").study
    assert given.posteriors is not None
    assert study.posteriors is not None
    np.testing.assert_array_equal(given.posteriors.codes, study.posteriors.codes)
    np.save(tmp_path / "z.npy", study.latents)
    drawn = look([*paths, tmp_path / "z.npy"], images)
    assert "no means of the encoder's posteriors" in "\n".join(drawn.describe())
    assert write_found(drawn, tmp_path / "drawn").study.posteriors is None


def test_the_command_keeps_them_in_any_order(brought: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = onnx_linear(tmp_path, pictures(COUNT, SHAPE), SIZE, outputs="log_variance,mean,sample")
    command = ["import", *map(str, paths), "--images", str(brought / "images"), "--study", str(tmp_path / "mine")]
    assert main([*command, "--log-variance", "0"]) == 0
    assert "output 0 is taken for the log variance" in capsys.readouterr().out
    kept = open_study(tmp_path / "mine").posteriors
    assert kept is not None
    np.testing.assert_allclose(kept.spreads(slice(None)), np.exp(-2.5), rtol=0.05)


def test_they_are_left_out_where_a_user_says_so(brought: Path) -> None:
    model, images = open_model([brought], Wishes()), pictures(20, SHAPE)
    for wishes, expected in (
        (Wishes(), 1),
        (Wishes(log_variance="none"), None),
        (Wishes(latent="1"), None),
        (Wishes(latent="1", log_variance="0"), 0),
    ):
        assert try_model(model, wishes, images).autoencoder.config.log_variance_output == expected
    with pytest.raises(InputError, match=r"^The encoder's output 0 is no log variance; possible are \[1\], or none\.$"):
        try_model(model, Wishes(log_variance="0"), images)
    with pytest.raises(InputError, match="The log variance 'sigma' is not known"):
        Wishes(log_variance="sigma")


@pytest.mark.parametrize(
    ("second", "activation", "why"),
    [
        (gives(0.1, 0.1), "softplus", r"it is never negative$"),
        (
            gives(3.0, -0.1),
            "linear",
            r"vectors drawn with it come back with [\d.]+, those of other images with [\d.]+$",
        ),
    ],
    ids=["a spread", "noise beyond all images"],
)
def test_what_can_be_no_log_variance_is_not_kept(
    tmp_path: Path, second: list[np.ndarray], activation: str, why: str
) -> None:
    model = open_model(keras_variational(tmp_path, second=second, activation=activation), Wishes())
    tried = try_model(model, Wishes(), pictures(20, SHAPE))
    assert not tried.autoencoder.gives_laws
    assert re.fullmatch(f"output 1 is taken for no log variance: {why}", tried.describe()[-1])
