"""Configurations are checked when they are made, and read back from JSON without trust."""

import json
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from core.errors import InputError
from core.networks import AutoencoderConfig, TrainingConfig

Config = type[AutoencoderConfig] | type[TrainingConfig]

OTHERS = [
    AutoencoderConfig(64, 1, 10, (4, 8), 3, "elu", batch_normalisation=True),
    TrainingConfig(3, 7, 0.5, "mean_absolute_error", flip=False, precision="bfloat16", seed=2**32 - 1),
]


@pytest.mark.parametrize("config", [AutoencoderConfig(), TrainingConfig(), *OTHERS])
def test_a_configuration_comes_back_equal_from_json(config: AutoencoderConfig | TrainingConfig) -> None:
    assert type(config).from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_the_usual_autoencoder_is_that_of_the_series() -> None:
    config = AutoencoderConfig()
    assert (config.image_size, config.latent_size, config.channels) == (96, 256, 3)
    assert config.batch_normalisation is False


@pytest.mark.parametrize(
    ("size", "filters"),
    [
        (8, (32,)),
        (28, (32, 64)),
        (64, (32, 64, 128, 256)),
        (96, (32, 64, 128, 256)),
        (100, (32, 64, 128, 256)),
        (128, (32, 64, 128, 256, 256)),
    ],
)
def test_the_filters_follow_from_the_size_unless_they_are_given(size: int, filters: tuple[int, ...]) -> None:
    assert AutoencoderConfig(image_size=size).filters == filters
    assert AutoencoderConfig(image_size=size, filters=(4,)).filters == (4,)


def test_a_configuration_cannot_be_changed_behind_the_checks() -> None:
    with pytest.raises(FrozenInstanceError):
        AutoencoderConfig().image_size = 7  # type: ignore[misc]


@pytest.mark.parametrize(
    ("kind", "values", "complaint"),
    [
        (AutoencoderConfig, {"image_size": 4}, "image_size must be a whole number from 8 to 1,024, not 4."),
        (AutoencoderConfig, {"image_size": 96.0}, "image_size must be a whole number from 8 to 1,024, not 96.0."),
        (AutoencoderConfig, {"image_size": "96"}, "image_size must be a whole number from 8 to 1,024, not '96'."),
        (AutoencoderConfig, {"image_size": None}, "image_size must be a whole number from 8 to 1,024, not None."),
        (AutoencoderConfig, {"channels": 0}, "channels must be a whole number from 1 to 4, not 0."),
        (AutoencoderConfig, {"channels": True}, "channels must be a whole number from 1 to 4, not True."),
        (AutoencoderConfig, {"latent_size": 0}, "latent_size must be a whole number from 1 to 4,096, not 0."),
        (AutoencoderConfig, {"latent_size": 10**9}, "latent_size must be a whole number from 1 to 4,096, not 10000"),
        (AutoencoderConfig, {"kernel_size": 1}, "kernel_size must be a whole number from 2 to 9, not 1."),
        (AutoencoderConfig, {"filters": [0, 8]}, "filters must be whole numbers from 1 to 4096, not (0, 8)."),
        (AutoencoderConfig, {"filters": [8.5]}, "filters must be whole numbers from 1 to 4096, not (8.5,)."),
        (AutoencoderConfig, {"filters": "64"}, "filters must be whole numbers from 1 to 4096, not 64."),
        (AutoencoderConfig, {"filters": 64}, "The configuration cannot be read ("),
        (
            AutoencoderConfig,
            {"image_size": 15, "filters": [1, 1, 1, 1]},
            "image_size 15 cannot be halved 4 times; choose",
        ),
        (AutoencoderConfig, {"activation": "tanh"}, "activation must be one of relu, leaky_relu, elu, silu, gelu, not"),
        (AutoencoderConfig, {"batch_normalisation": "no"}, "batch_normalisation must be one of True, False, not 'no'."),
        (TrainingConfig, {"epochs": 0}, "epochs must be a whole number from 1 to 10,000, not 0."),
        (TrainingConfig, {"batch_size": -1}, "batch_size must be a whole number from 1 to 65,536, not -1."),
        (TrainingConfig, {"seed": -1}, "seed must be a whole number from 0 to 4,294,967,295, not -1."),
        (TrainingConfig, {"learning_rate": 0.0}, "learning_rate must be a positive number, not 0.0."),
        (TrainingConfig, {"learning_rate": float("nan")}, "learning_rate must be a positive number, not nan."),
        (TrainingConfig, {"learning_rate": float("inf")}, "learning_rate must be a positive number, not inf."),
        (TrainingConfig, {"learning_rate": "fast"}, "learning_rate must be a positive number, not fast."),
        (TrainingConfig, {"loss": "lambda: 0"}, "loss must be one of mean_squared_error, mean_absolute_error, binary"),
        (TrainingConfig, {"held_out": 0.6}, "held_out must be a number from 0 to 0.5, not 0.6."),
        (TrainingConfig, {"held_out": 0}, "held_out must be a number from 0 to 0.5, not 0."),
        (TrainingConfig, {"flip": None}, "flip must be one of True, False, not None."),
        (TrainingConfig, {"precision": "float16"}, "precision must be one of float32, bfloat16, not 'float16'."),
        (TrainingConfig, {"optimiser": "x", "a": 1}, "The configuration names a, optimiser, which this version does"),
    ],
)
def test_an_impossible_configuration_is_refused_by_name(kind: Config, values: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        kind.from_dict(values)
    assert str(caught.value).startswith(complaint)
