"""The plain convolutional autoencoder: images to latent vectors and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from core.errors import InputError
from core.networks.backend import BLOCK, import_keras, in_blocks, to_bytes, unit_range
from core.networks.config import AutoencoderConfig
from core.networks.kinds import Kind

if TYPE_CHECKING:
    import keras

__all__ = ["KIND", "ConvolutionalAutoencoder", "build_models"]


class ConvolutionalAutoencoder:
    """Encoder and decoder of one configuration, with random weights until they are trained or loaded.

    Parameters
    ----------
    config : AutoencoderConfig
    seed : int
        Of the initial weights.
    precision : str
        Of the arithmetic: float32, or bfloat16 with float32 weights.
    """

    def __init__(self, config: AutoencoderConfig, seed: int = 0, precision: str = "float32") -> None:
        self.config = config
        self.encoder, self.decoder = build_models(config, seed, precision)
        self.compile()

    def compile(self) -> None:
        """Prepare encoder and decoder for use."""
        for model in (self.encoder, self.decoder):
            model.compile(jit_compile=False)  # XLA makes small convolutions slower on a CPU

    def training_model(self, steps: int, seed: int) -> keras.Model:  # noqa: ARG002 - those of other kinds need them
        """Return the model that is trained: images to their reconstructions.

        Parameters
        ----------
        steps : int
            In the whole training.
        seed : int
            Of what is random in it.
        """
        model: keras.Model = import_keras().Sequential([self.encoder, self.decoder], name="autoencoder")
        model.build((None, *self.encoder.input_shape[1:]))
        return model

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an image."""
        return self.config.image_shape

    @property
    def latent_size(self) -> int:
        """Dimension N of the latent space."""
        return self.config.latent_size

    def describe(self) -> tuple[str, ...]:
        """Return what the configuration tells of itself."""
        return self.config.describe()

    def encode(self, images: npt.NDArray[np.uint8] | npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the latent vectors of images.

        Parameters
        ----------
        images : array of shape (n, image_size, image_size, channels)
            uint8 in 0 … 255 or float in [0, 1].

        Returns
        -------
        float32 array of shape (n, latent_size)
        """
        self.check_images(images)
        return in_blocks(self.encoder, images, (self.latent_size,), unit_range)

    def check_images(self, images: npt.NDArray[Any]) -> None:
        """Raise `InputError` if images are not of the shape that the encoder takes."""
        if images.shape[1:] != self.image_shape:
            raise InputError(
                f"The images have the shape {images.shape[1:]}, this autoencoder takes {self.image_shape}."
            )

    def decode(self, latents: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        """Return the decoded faces of latent vectors.

        Parameters
        ----------
        latents : array of shape (n, latent_size)

        Returns
        -------
        uint8 array of shape (n, image_size, image_size, channels)
        """
        return to_bytes(self.decode_exactly(latents))

    def decode_exactly(self, latents: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Return the decoded faces unrounded, as float32 in [0, 1], shaped as in :meth:`decode`."""
        vectors = np.asarray(latents)
        if vectors.ndim != 2 or vectors.shape[1] != self.latent_size:
            raise InputError(f"The vectors have the shape {vectors.shape}, this decoder takes (n, {self.latent_size}).")
        return in_blocks(self.decoder, vectors, self.image_shape, lambda block: block.astype(np.float32))

    def cycle(self, latents: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Return the latent vectors of the decoded faces of latent vectors, shape (n, latent_size)."""
        vectors = np.asarray(latents)
        parts = [self.encode(self.decode_exactly(vectors[i : i + BLOCK])) for i in range(0, len(vectors), BLOCK)]
        return np.concatenate(parts) if parts else np.empty((0, self.latent_size), np.float32)

    def weights(self) -> dict[str, npt.NDArray[np.float32]]:
        """Return all weights by name, ``encoder/conv_1/kernel`` and so on."""
        return {name: np.asarray(variable.numpy()) for name, variable in self._variables().items()}

    def set_weights(self, weights: dict[str, npt.NDArray[Any]]) -> None:
        """Take over weights as :meth:`weights` returns them; raise `InputError` if names or shapes do not fit."""
        variables = self._variables()
        if missing := sorted(set(variables) ^ set(weights)):
            raise InputError(f"The weights do not fit the configuration: {missing[0]} is missing or superfluous.")
        for name, variable in variables.items():
            if tuple(variable.shape) != weights[name].shape:
                raise InputError(
                    f"The weights do not fit the configuration: {name} has the shape {weights[name].shape}, "
                    f"not {tuple(variable.shape)}."
                )
            variable.assign(weights[name].astype(np.float32))

    def save(self, path: str | Path) -> None:
        """Write the weights to a safetensors file in float16; raise `InputError` if one is too large for that."""
        half = {}
        for name, value in self.weights().items():
            if not np.isfinite(value).all() or np.abs(value).max(initial=0) > np.finfo(np.float16).max:
                raise InputError(
                    f"The weight {name} does not fit into float16; train again with a lower learning rate."
                )
            half[name] = value.astype(np.float16)
        Path(path).write_bytes(safetensors.numpy.save(half))  # save_file hides the operating system's error number

    @classmethod
    def load(cls, path: str | Path, config: Any) -> Self:
        """Build the configured autoencoder and read its weights; the file carries numbers only, never code.

        Raises
        ------
        InputError
            If the file is missing, is no safetensors file, holds other than finite numbers, or does not fit.
        """
        path = Path(path)
        try:
            weights = safetensors.numpy.load_file(path)
        except (OSError, safetensors.SafetensorError, AttributeError) as error:  # numpy has no float8
            raise InputError(f"{path} cannot be read as weights ({error}); restore it from its source.") from None
        if wrong := next((n for n, w in weights.items() if not np.isfinite(w.astype(np.float32)).all()), None):
            raise InputError(f"{path} holds NaN or infinity in {wrong}; restore it from its source.")
        autoencoder = cls(config)
        try:
            autoencoder.set_weights(weights)
        except InputError as error:
            raise InputError(f"{path}: {error} Restore the file or the study.json that belong together.") from None
        return autoencoder

    def _variables(self) -> dict[str, keras.Variable]:
        named = {}
        for part, model in self._parts().items():
            for layer in model.layers:
                for variable in layer.weights:
                    named[f"{part}/{layer.name}/{variable.name}"] = variable
        return named

    def _parts(self) -> dict[str, keras.Model]:
        """Return the models whose weights are kept, by name."""
        return {"encoder": self.encoder, "decoder": self.decoder}


KIND = Kind(AutoencoderConfig.kind, AutoencoderConfig.from_dict, ConvolutionalAutoencoder.load)
"""For the registry of kinds."""


def build_models(
    config: AutoencoderConfig, seed: int, precision: str, spread: bool = False
) -> tuple[keras.Model, keras.Model]:
    """Return encoder and decoder with random weights.

    With ``spread`` the encoder has a second output of the same size, ``log_variance``, which begins at zero. The other
    weights do not depend on that.
    """
    keras = import_keras()
    layers = keras.layers
    policy = keras.DTypePolicy("float32" if precision == "float32" else f"mixed_{precision}")
    seeds = np.random.SeedSequence(seed).generate_state(2 * len(config.filters) + 2).tolist()

    def initializer() -> Any:
        return keras.initializers.GlorotUniform(seed=seeds.pop())

    def block(x: Any, layer: Any) -> Any:
        x = layer(x)
        if config.batch_normalisation:
            x = layers.BatchNormalization(dtype=policy, name=f"{layer.name}_norm")(x)
        return layers.Activation(config.activation, dtype=policy, name=f"{layer.name}_activation")(x)

    def trimmed(x: Any, side: int) -> Any:
        """Return doubled images without the row and column that an odd side does not have."""
        odd = side % 2
        return layers.Cropping2D(((0, odd), (0, odd)), dtype=policy, name=f"trim_{side}")(x) if odd else x

    x = image = keras.Input(config.image_shape, name="image")
    common = {"kernel_size": config.kernel_size, "strides": 2, "padding": "same", "dtype": policy}
    for i, filters in enumerate(config.filters, 1):
        x = block(x, layers.Conv2D(filters, **common, kernel_initializer=initializer(), name=f"conv_{i}"))
    x = layers.Flatten(dtype=policy, name="flatten")(x)
    latent = layers.Dense(config.latent_size, kernel_initializer=initializer(), dtype="float32", name="latent")(x)
    outputs = latent
    if spread:
        zeros = {"kernel_initializer": "zeros", "dtype": "float32"}
        outputs = [latent, layers.Dense(config.latent_size, **zeros, name="log_variance")(x)]
    encoder = keras.Model(image, outputs, name="encoder")

    sides = [config.image_size]
    for _ in config.filters:
        sides.append(-(-sides[-1] // 2))
    side = sides.pop()
    x = z = keras.Input((config.latent_size,), name="z")
    units = side * side * config.filters[-1]
    x = block(x, layers.Dense(units, kernel_initializer=initializer(), dtype=policy, name="expand"))
    x = layers.Reshape((side, side, config.filters[-1]), dtype=policy, name="reshape")(x)
    for i, filters in enumerate(config.filters[-2::-1], 1):
        x = block(x, layers.Conv2DTranspose(filters, **common, kernel_initializer=initializer(), name=f"deconv_{i}"))
        x = trimmed(x, sides.pop())
    x = layers.Conv2DTranspose(config.channels, **common, kernel_initializer=initializer(), name="pixels")(x)
    x = trimmed(x, sides.pop())
    pixels = layers.Activation("sigmoid", dtype="float32", name="pixels_activation")(x)
    return encoder, keras.Model(z, pixels, name="decoder")
