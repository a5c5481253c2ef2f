"""Autoencoders as others build them come back with the errors that their own framework measures.

Three architectures are public: of keras-team/keras-io the convolutional autoencoder for denoising
(``examples/vision/autoencoder.py``) and the variational one (``examples/generative/vae.py``), without the layer that
samples; of pytorch/examples the variational one (``vae/main.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper
from onnx.reference import ReferenceEvaluator

from core.errors import InputError
from core.networks.backend import import_keras
from core.networks.foreign import RANGES
from core.study import open_study
from core.study.importing import write_found
from core.study.looking import look
from core.study.models import Wishes
from tests.helpers.foreign import graph, keras_linear, onnx_linear, pictures, write_pictures

COUNT = 70

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # of Keras, when it saves
]


@dataclass(frozen=True)
class Foreign:
    """A model of somebody else: its files, the shape of its images, and its own reconstructions of pixels."""

    paths: tuple[Path, ...]
    shape: tuple[int, int, int]
    latent: int
    value_range: str
    reconstruct: Callable[[np.ndarray], np.ndarray]
    told: bool = True
    """Whether the range has to be told, because the model was trained too little to show it."""
    layout: str = "nhwc"


def keras_io_denoiser(folder: Path) -> Foreign:
    """Return one model whose narrowest place is a tensor of 7×7×32 numbers."""
    keras = import_keras()
    layers = keras.layers
    x = image = layers.Input(shape=(28, 28, 1))
    for _ in range(2):
        x = layers.Conv2D(32, (3, 3), activation="relu", padding="same")(x)
        x = layers.MaxPooling2D((2, 2), padding="same")(x)
    for _ in range(2):
        x = layers.Conv2DTranspose(32, (3, 3), strides=2, activation="relu", padding="same")(x)
    model = keras.Model(image, layers.Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x))
    model.compile(optimizer="adam", loss="binary_crossentropy")
    model.save(folder / "denoiser.keras")
    return Foreign((folder / "denoiser.keras",), (28, 28, 1), 7 * 7 * 32, "0,1", model.predict_on_batch)


def keras_io_variational(folder: Path) -> Foreign:
    """Return two models, the encoder with means and log variances; what samples is a class of the user's.

    They are trained so little that the encoder does as well with pixels in another range.
    """
    keras = import_keras()
    keras.utils.set_random_seed(1)
    layers = keras.layers
    x = image = keras.Input(shape=(28, 28, 1))
    for filters in (32, 64):
        x = layers.Conv2D(filters, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
    mean, log_variance = layers.Dense(2, name="z_mean")(x), layers.Dense(2, name="z_log_var")(x)
    encoder = keras.Model(image, [mean, log_variance], name="encoder")
    y = vector = keras.Input(shape=(2,))
    y = layers.Reshape((7, 7, 64))(layers.Dense(7 * 7 * 64, activation="relu")(y))
    for filters in (64, 32):
        y = layers.Conv2DTranspose(filters, 3, activation="relu", strides=2, padding="same")(y)
    decoder = keras.Model(vector, layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(y), name="decoder")
    pixels = pictures(COUNT, (28, 28, 1)).astype(np.float32) / 255
    model = keras.Model(image, decoder(mean))
    model.compile(keras.optimizers.Adam(3e-3), "mean_squared_error")
    model.fit(pixels, pixels, batch_size=32, epochs=8, verbose=0)
    encoder.save(folder / "first.keras")
    decoder.save(folder / "second.keras")

    def reconstruct(pixels: np.ndarray) -> np.ndarray:
        return np.asarray(decoder.predict_on_batch(encoder.predict_on_batch(pixels)[0]))

    return Foreign((folder / "second.keras", folder / "first.keras"), (28, 28, 1), 2, "0,1", reconstruct, told=False)


def functional_between_minus_one_and_one(folder: Path) -> Foreign:
    """Return one model with models in it, strided, normalised, of images that are not square."""
    keras = import_keras()
    layers = keras.layers
    x = image = keras.Input((48, 32, 3))
    for filters in (8, 12):
        x = layers.SeparableConv2D(filters, 5, strides=2, padding="same", use_bias=False)(x)
        x = layers.LeakyReLU(0.1)(layers.BatchNormalization()(x))
    x = layers.Dropout(0.1)(layers.Flatten()(x))
    encoder = keras.Model(image, layers.Dense(16, kernel_regularizer="l2", name="code")(x))
    y = vector = keras.Input((16,))
    y = layers.Reshape((12, 8, 8))(layers.Dense(12 * 8 * 8)(y))
    y = layers.UpSampling2D(2, interpolation="bilinear")(layers.PReLU(shared_axes=[1, 2])(y))
    y = layers.Conv2D(8, 3, padding="same", activation="silu")(layers.ZeroPadding2D(1)(y))
    y = layers.Cropping2D(1)(y)
    decoder = keras.Model(vector, layers.Conv2DTranspose(3, 4, 2, "same", activation="tanh")(y))
    model = keras.Model(image, decoder(encoder(image)))
    model.save(folder / "both.keras")
    return Foreign((folder / "both.keras",), (48, 32, 3), 16, "-1,1", model.predict_on_batch)


def sequential_of_flat_pixels(folder: Path) -> Foreign:
    """Return a perceptron of 784 pixels whose code is one number."""
    keras = import_keras()
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Rescaling(1 / 127.5, offset=-1),
            layers.Dense(24, activation="gelu"),
            layers.LayerNormalization(),
            layers.Dense(1),
            layers.Dense(24, activation="elu"),
            layers.Dense(784),
            layers.Rescaling(127.5, offset=127.5),
        ]
    )
    model.save(folder / "flat.keras")
    return Foreign((folder / "flat.keras",), (28, 28, 1), 1, "0,255", model.predict_on_batch)


def wider_than_its_images(folder: Path) -> Foreign:
    """Return an encoder and a decoder with 1,024 components for 784 pixels."""
    encoder, decoder = keras_linear(pictures(COUNT, (28, 28, 1)), 1024)
    encoder.save(folder / "a.keras")
    decoder.save(folder / "b.keras")

    def reconstruct(pixels: np.ndarray) -> np.ndarray:
        return np.asarray(decoder.predict_on_batch(encoder.predict_on_batch(pixels)))

    return Foreign((folder / "b.keras", folder / "a.keras"), (28, 28, 1), 1024, "0,1", reconstruct)


def reference(paths: tuple[Path, Path], output: int = 0) -> Callable[[np.ndarray], np.ndarray]:
    """Return reconstructions by ONNX's own evaluator in Python, of images whose channels come last."""
    encoder, decoder = (ReferenceEvaluator(onnx.load(path)) for path in paths)

    def reconstruct(pixels: np.ndarray) -> np.ndarray:
        (decoded,) = decoder.run(None, {"z": encoder.run(None, {"x": pixels})[output]})
        return np.asarray(decoded)

    return reconstruct


def pytorch_variational(folder: Path) -> Foreign:
    """Return what an export of encoder and decoder of PyTorch's example consists of: flat pixels, two outputs."""
    rng = np.random.default_rng(0)

    def linear(name: str, inputs: int, outputs: int) -> dict[str, np.ndarray]:
        bound = inputs**-0.5
        weight = rng.uniform(-bound, bound, (outputs, inputs)).astype(np.float32)
        return {f"{name}.weight": weight, f"{name}.bias": rng.uniform(-bound, bound, outputs).astype(np.float32)}

    def apply(name: str, taken: str, given: str) -> Any:
        return helper.make_node("Gemm", [taken, f"{name}.weight", f"{name}.bias"], [given], transB=1)

    encoder = graph(
        "encoder",
        [
            apply("fc1", "x", "a"),
            helper.make_node("Relu", ["a"], ["h1"]),
            apply("fc21", "h1", "mu"),
            apply("fc22", "h1", "logvar"),
        ],
        ("x", ["n", 784]),
        [("mu", ["n", 20]), ("logvar", ["n", 20])],
        linear("fc1", 784, 400) | linear("fc21", 400, 20) | linear("fc22", 400, 20),
    )
    decoder = graph(
        "decoder",
        [
            apply("fc3", "z", "b"),
            helper.make_node("Relu", ["b"], ["h3"]),
            apply("fc4", "h3", "c"),
            helper.make_node("Sigmoid", ["c"], ["y"]),
        ],
        ("z", ["n", 20]),
        [("y", ["n", 784])],
        linear("fc3", 20, 400) | linear("fc4", 400, 784),
    )
    paths = folder / "vae_encoder.onnx", folder / "vae_decoder.onnx"
    for path, model in zip(paths, (encoder, decoder), strict=True):
        onnx.save(model, path)
    own = reference(paths)
    return Foreign(paths, (28, 28, 1), 20, "0,1", lambda p: own(p.reshape(len(p), 784)).reshape(p.shape))


def channels_first(shape: tuple[int, int, int], latent: int, value_range: str) -> Callable[[Path], Foreign]:
    """Return a linear autoencoder of channels first in ONNX, of any size."""

    def made(folder: Path) -> Foreign:
        low, high = RANGES[value_range]
        paths = onnx_linear(folder, pictures(COUNT, shape), latent, low, high)
        own = reference(paths)

        def reconstruct(pixels: np.ndarray) -> np.ndarray:
            return own(pixels.transpose(0, 3, 1, 2)).transpose(0, 2, 3, 1)

        return Foreign(paths, shape, latent, value_range, reconstruct, layout="nchw")

    return made


KERAS = (
    keras_io_denoiser,
    keras_io_variational,
    functional_between_minus_one_and_one,
    sequential_of_flat_pixels,
    wider_than_its_images,
)
ONNX = {
    "PyTorch's variational example": pytorch_variational,
    "one component, grey": channels_first((28, 28, 1), 1, "0,1"),
    "128 pixels": channels_first((128, 128, 3), 16, "-1,1"),
    "256 components, not square, 0 to 255": channels_first((40, 30, 3), 256, "0,255"),
}


def bring(foreign: Foreign, folder: Path) -> None:
    """Import a model with images, and compare each reconstruction error with the framework's own."""
    images = pictures(COUNT, foreign.shape, seed=1)
    write_pictures(folder / "images", images)
    wishes = Wishes(value_range=foreign.value_range, latent="0" if len(foreign.paths) > 1 else None)
    found = look(foreign.paths, folder / "images", wishes=wishes if foreign.told else None)
    assert found.autoencoder is not None
    config = found.autoencoder.config
    assert (config.image_shape, config.latent_size) == (foreign.shape, foreign.latent)
    assert {config.input_range, config.output_range} == {foreign.value_range}
    assert {config.input_layout, config.output_layout} == {foreign.layout}
    study = write_found(found, folder / "study").study
    low, high = RANGES[foreign.value_range]
    pixels = images.astype(np.float32) / np.float32(255) * np.float32(high - low) + np.float32(low)
    flat = pixels.reshape(COUNT, -1) if "flat" in foreign.paths[0].name else pixels
    own = foreign.reconstruct(flat).reshape(pixels.shape)
    expected = np.square(own.astype(np.float64) - pixels).mean(axis=(1, 2, 3)) / (high - low) ** 2
    errors = study.rows.set_index("image")["reconstruction_error"].sort_index().to_numpy()
    np.testing.assert_allclose(errors.mean(dtype=np.float64), expected.mean(), rtol=1e-5)
    np.testing.assert_allclose(errors, expected, rtol=1e-4)
    again = open_study(study.folder).load_autoencoder()
    assert again.decode(study.latents[:2]).shape == (2, *foreign.shape)


@pytest.mark.parametrize("make", KERAS, ids=lambda make: make.__name__)
def test_a_keras_model_comes_back_with_its_own_errors(make: Callable[[Path], Foreign], tmp_path: Path) -> None:
    bring(make(tmp_path), tmp_path)


@pytest.mark.parametrize("make", ONNX.values(), ids=ONNX)
def test_an_onnx_model_comes_back_with_its_own_errors(make: Callable[[Path], Foreign], tmp_path: Path) -> None:
    bring(make(tmp_path), tmp_path)


def test_a_layer_of_the_users_is_refused_with_what_to_do(tmp_path: Path) -> None:
    keras = import_keras()

    @keras.saving.register_keras_serializable()
    class Sampling(keras.layers.Layer):  # type: ignore[misc,name-defined]
        def call(self, inputs: Any) -> Any:
            return inputs[0]

    image = keras.Input((8, 8, 1))
    mean = keras.layers.Dense(2)(keras.layers.Flatten()(image))
    keras.Model(image, Sampling()([mean, mean])).save(tmp_path / "own.keras")
    with pytest.raises(InputError, match=r"'Sampling' of the module .* export the model to ONNX"):
        look([tmp_path / "own.keras"])
