"""Autoencoders as Keras trains them; trained, they are autoencoders that need no Keras."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.networks.backend import import_keras
from core.networks.config import AutoencoderConfig
from core.networks.convolutional import ConvolutionalAutoencoder
from core.networks.kinds import HIGHEST, LOWEST
from core.networks.variational import VariationalAutoencoder, VariationalConfig

if TYPE_CHECKING:
    import keras

__all__ = ["TRAINABLE", "Trainee", "VariationalTrainee", "weights_of"]


class Trainee:
    """Encoder and decoder of one configuration as Keras models, with random weights until they are trained.

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
        self.encoder, self.decoder = _build_models(config, seed, precision)

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

    def weights(self) -> dict[str, npt.NDArray[np.float32]]:
        """Return all weights by name, ``encoder/conv_1/kernel`` and so on."""
        parts = {"encoder": self.encoder, "decoder": self.decoder}
        return {f"{part}/{name}": value for part, model in parts.items() for name, value in weights_of(model).items()}

    def autoencoder(self) -> ConvolutionalAutoencoder:
        """Return the autoencoder with the weights of now."""
        return ConvolutionalAutoencoder(self.config, self.weights())


class VariationalTrainee(Trainee):
    """The same with posteriors in place of latent vectors.

    Parameters
    ----------
    config : VariationalConfig
    seed, precision
        As of :class:`Trainee`; with the same seed, the weights that both have begin alike.
    """

    config: VariationalConfig

    def __init__(self, config: VariationalConfig, seed: int = 0, precision: str = "float32") -> None:
        self.config = config
        self.encoder, self.decoder = _build_models(config, seed, precision, spread=True)

    def training_model(self, steps: int, seed: int) -> keras.Model:
        """Return the model that is trained: images to reconstructions of a vector drawn from their posterior."""
        keras = import_keras()
        weight = self.config.beta / math.prod(self.config.image_shape)
        drawn = _posterior_layer()(weight, self.config.warm_up * steps, seed, name="posterior")
        image = keras.Input(self.config.image_shape, name="image")
        return keras.Model(image, self.decoder(drawn(self.encoder(image))), name="variational_autoencoder")

    def autoencoder(self) -> VariationalAutoencoder:
        """Return the autoencoder with the weights of now."""
        return VariationalAutoencoder(self.config, self.weights())


TRAINABLE: dict[str, type[Trainee]] = {
    "convolutional": Trainee,
    "variational": VariationalTrainee,
}
"""The kinds of autoencoder that can be trained here."""


def weights_of(model: keras.Model) -> dict[str, npt.NDArray[np.float32]]:
    """Return the weights of a Keras model by layer and name, ``conv_1/kernel`` and so on."""
    return {f"{layer.name}/{v.name}": np.asarray(v.numpy()) for layer in model.layers for v in layer.weights}


@cache
def _posterior_layer() -> Any:
    """Return the layer that draws from posteriors; made here because its base class needs Keras."""
    keras = import_keras()
    ops = keras.ops

    class Posterior(keras.layers.Layer):  # type: ignore[misc,name-defined]
        """Draws from N(mean, exp(log variance)) and adds the weighted divergence from N(0, I) to the loss."""

        def __init__(self, weight: float, warm_up: float, seed: int, **rest: Any) -> None:
            super().__init__(dtype="float32", **rest)
            self.weight, self.warm_up = weight, warm_up
            self.noise = keras.random.SeedGenerator(seed)
            self.steps = self.add_weight(shape=(), initializer="zeros", trainable=False, name="steps")

        def call(self, law: tuple[Any, Any], training: bool = False) -> Any:
            mean, log_variance = law[0], ops.clip(law[1], LOWEST, HIGHEST)
            share = ops.minimum(self.steps / self.warm_up, 1.0) if training and self.warm_up else 1.0
            divergence = 0.5 * ops.sum(ops.exp(log_variance) + ops.square(mean) - 1 - log_variance, axis=-1)
            self.add_loss(self.weight * share * ops.mean(divergence))
            if training:
                self.steps.assign(self.steps + 1)
            return mean + ops.exp(0.5 * log_variance) * keras.random.normal(ops.shape(mean), seed=self.noise)

    return Posterior


def _build_models(
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
