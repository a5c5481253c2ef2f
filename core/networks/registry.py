"""The kinds of autoencoder that this version knows; one line for each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.networks import convolutional, keras_models, onnx_models, variational
from core.networks.kinds import Autoencoder, Configuration, Kind

__all__ = ["KINDS", "NO_AUTOENCODER", "count_weights", "load_autoencoder", "network_files", "read_configuration"]

KINDS: dict[str, Kind[Any]] = {
    kind.key: kind
    for kind in (
        convolutional.KIND,
        variational.KIND,
        keras_models.KIND,
        onnx_models.KIND,
    )
}  # fmt: skip

NO_AUTOENCODER = "none"
"""What a study of vectors alone says in the place of a kind."""


def read_configuration(values: Mapping[str, Any]) -> Configuration | None:
    """Return the configuration of an autoencoder from what ``study.json`` says of it; None where there is none.

    Raises
    ------
    InputError
        If the kind is unknown or a value is impossible.
    """
    rest = dict(values)
    key = rest.pop("kind", None)
    if key == NO_AUTOENCODER and not rest:
        return None
    kind = KINDS.get(key) if isinstance(key, str) else None
    if kind is None:
        known = ", ".join((*KINDS, NO_AUTOENCODER))
        raise InputError(f"The kind of autoencoder {str(key)[:40]!r} is not known; this one reads {known}.")
    config: Configuration = kind.read_config(rest)
    return config


def network_files(config: Configuration) -> tuple[str, ...]:
    """Return the names of the files that an autoencoder has in a study's folder; it is loaded from the first."""
    return KINDS[config.kind].files(config)


def count_weights(path: Path, config: Configuration) -> int:
    """Return the number of weights of an autoencoder from the first of its files; raise `InputError` for another."""
    return KINDS[config.kind].count(path, config)


def load_autoencoder(path: str | Path, config: Configuration) -> Autoencoder:
    """Build the configured autoencoder from the first of its files (of the kind ``keras``, loads TensorFlow).

    Raises
    ------
    InputError
        If the weights are missing, damaged, or those of another configuration.
    """
    return KINDS[config.kind].load(path, config)
