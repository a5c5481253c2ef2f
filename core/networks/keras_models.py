"""Keras models of a user: built of checked configurations alone, their weights in safetensors, no archive kept."""

from __future__ import annotations

import copy
import json
import math
import re
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from core.errors import InputError
from core.networks.backend import import_keras
from core.networks.foreign import ForeignAutoencoder, ForeignConfig
from core.networks.keras_archive import MAX_WEIGHTS, read_archive
from core.networks.keras_config import checked_config, layers_of
from core.networks.kinds import WEIGHTS, Kind

if TYPE_CHECKING:
    import keras

__all__ = ["KIND", "KerasAutoencoder", "KerasConfig", "KerasNetwork", "open_keras", "split"]

Weights = Mapping[str, npt.NDArray[Any]]

NETWORKS = "networks.json"
"""File of the configurations, beside that of the weights."""

MAX_NETWORKS = 16 * 2**20
"""Bytes of that file."""

MAX_VALUES, MAX_PRODUCTS = 2**26, 10**12
"""Numbers that a layer may give for one image, and multiplications that a network may need for it."""

DAMAGE = (ValueError, TypeError, KeyError, AttributeError, IndexError, RuntimeError, ZeroDivisionError, OverflowError)
"""What Keras raises on a configuration that fits together nowhere."""


@dataclass(frozen=True)
class KerasConfig(ForeignConfig):
    """What is known of an autoencoder of Keras layers."""

    kind: ClassVar[str] = "keras"


class KerasNetwork:
    """A Keras model.

    Parameters
    ----------
    model : keras.Model
        Of one input.
    """

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        said = import_keras().saving.serialize_keras_object(model)
        self.config: dict[str, Any] = {key: value for key, value in said.items() if key != "compile_config"}

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of an input without the number in a block."""
        return tuple(self.model.inputs[0].shape[1:])

    @property
    def output_shapes(self) -> tuple[tuple[int | None, ...], ...]:
        """Shapes of the outputs, likewise."""
        return tuple(tuple(output.shape[1:]) for output in self.model.outputs)

    @property
    def layers(self) -> tuple[str, ...]:
        """Classes of the layers."""
        return layers_of(self.config)

    @property
    def weight_count(self) -> int:
        """Number of weights."""
        return sum(array.size for array in self.weights().values())

    def at(self, shape: tuple[int | None, ...]) -> KerasNetwork:
        """Return the same network for inputs of one shape, where it takes them of any."""
        keras = import_keras()
        same = keras.models.clone_model(self.model, input_tensors=keras.Input(shape))
        same.set_weights(self.model.get_weights())
        return KerasNetwork(same)

    def run(self, block: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], ...]:
        """Return the outputs for a block of inputs."""
        outputs = self.model.predict_on_batch(block)
        return tuple(np.asarray(o, np.float32) for o in (outputs if isinstance(outputs, list | tuple) else [outputs]))

    def weights(self) -> dict[str, npt.NDArray[Any]]:
        """Return the weights, named as Keras names them in a file."""
        found: dict[str, npt.NDArray[Any]] = {}
        for path, layer in _leaves(self.model, ""):
            store: dict[str, Any] = {}
            layer.save_own_variables(store)
            found |= {f"{path}/vars/{name}": np.asarray(value.numpy()) for name, value in store.items()}
        return found


class KerasAutoencoder(ForeignAutoencoder):
    """An autoencoder of Keras layers."""

    encoder: KerasNetwork | None
    decoder: KerasNetwork

    def save(self, path: str | Path) -> None:
        """Write the weights to a safetensors file in their own precision, and the configurations beside it."""
        parts = {"encoder": self.encoder, "decoder": self.decoder}
        networks = {name: network for name, network in parts.items() if network is not None}
        weights = {f"{name}/{key}": w for name, network in networks.items() for key, w in network.weights().items()}
        Path(path).write_bytes(safetensors.numpy.save(weights))
        said = json.dumps({name: network.config for name, network in networks.items()})
        Path(path).with_name(NETWORKS).write_text(said)

    @classmethod
    def load(cls, path: str | Path, config: KerasConfig) -> KerasAutoencoder:
        """Build the networks that lie beside the file of their weights, and read those.

        Raises
        ------
        InputError
            If a file is missing or damaged, holds anything that is code, or the weights do not fit.
        """
        path = Path(path)
        beside = path.with_name(NETWORKS)
        try:
            said = json.loads(beside.read_bytes()) if beside.stat().st_size <= MAX_NETWORKS else None
            weights = safetensors.numpy.load_file(path)
        except (OSError, ValueError, RecursionError, AttributeError, safetensors.SafetensorError) as error:
            raise InputError(f"{beside} or {path.name} cannot be read ({error}); restore them.") from None
        wanted = ["encoder", "decoder"] if config.has_encoder else ["decoder"]
        if not isinstance(said, dict) or list(said) != wanted:
            raise InputError(f"{beside} does not hold {' and '.join(wanted)}; restore it from its source.")
        networks = {}
        for name in wanted:
            own = {key.removeprefix(f"{name}/"): w for key, w in weights.items() if key.startswith(f"{name}/")}
            networks[name] = _built(checked_config(said[name], beside), own, path)
        return cls(config, networks.get("encoder"), networks["decoder"])


def open_keras(path: str | Path) -> KerasNetwork:
    """Return the model in a ``.keras`` file.

    Raises
    ------
    InputError
        If it holds anything but layers of ``keras.layers`` and numbers, is damaged, or asks for absurd sizes.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory(prefix="zpoints-") as folder:
        config, weights = read_archive(path, Path(folder))
    return _built(config, weights, path)


def split(network: KerasNetwork, path: Path, name: str | None = None) -> tuple[KerasNetwork, KerasNetwork]:
    """Return encoder and decoder of a model that is both: what comes before its narrowest tensor, and what after it.

    Vectors come before other tensors, then the narrowest, then the first of them.

    Parameters
    ----------
    network : KerasNetwork
    path : Path
        Of the file, for messages.
    name : str, optional
        Of the layer whose output is the latent vector.

    Raises
    ------
    InputError
        If there is no tensor that everything passes through.
    """
    keras = import_keras()
    model = _flattened(network.model)
    ends = {id(tensor) for tensor in (*model.inputs, *model.outputs)}
    nodes = (node for _, depth in sorted(model._nodes_by_depth.items(), reverse=True) for node in depth)
    tensors = [(node.operation.name, tensor) for node in nodes for tensor in node.output_tensors]
    found = [
        (len(tensor.shape) > 2, math.prod(tensor.shape[1:]), place, tensor, layer)
        for place, (layer, tensor) in enumerate(tensors)
        if None not in tensor.shape[1:] and id(tensor) not in ends
    ]
    if name is not None:
        found = [candidate for candidate in found if candidate[4] == name]
    for *_, tensor, _ in sorted(found, key=lambda candidate: candidate[:3]):
        try:
            decoder = keras.Model(tensor, model.outputs)
        except DAMAGE:  # something passes it by
            continue
        return KerasNetwork(keras.Model(model.inputs, tensor)), KerasNetwork(decoder)
    what = f"no layer {name!r} that everything passes through" if name else "no layer that everything passes through"
    raise InputError(f"{path} has {what}; save encoder and decoder as two models.")


def _flattened(model: keras.Model) -> keras.Model:
    """Return a model as a functional one; where it only wraps another, that one."""
    keras = import_keras()
    plain = keras.Model(model.inputs, model.outputs)
    inner = [layer for layer in plain.layers if not isinstance(layer, keras.layers.InputLayer)]
    return _flattened(inner[0]) if len(inner) == 1 and isinstance(inner[0], keras.Model) else plain


def _built(config: dict[str, Any], weights: Weights, path: Path) -> KerasNetwork:
    """Build a checked configuration and give it its weights; raise `InputError` where they do not fit together."""
    keras = import_keras()
    try:
        with ThreadPoolExecutor(1) as pool:  # what Keras notes of variables without values ends with the thread
            pool.submit(_require_reason, copy.deepcopy(config), path).result()
        model = keras.saving.deserialize_keras_object(copy.deepcopy(config))  # it takes its argument to pieces
        _assign(model, weights, path)
        model.compile(jit_compile=False)
        return KerasNetwork(model)
    except InputError:
        raise
    except DAMAGE as error:
        said = " ".join(str(error).split())[:200].rstrip(".")
        raise InputError(f"{path} holds a model that cannot be built ({said}); save it anew with Keras 3.") from None


def _require_reason(config: dict[str, Any], path: Path) -> None:
    """Raise `InputError` where a model is too large, before any number of it takes memory."""
    keras = import_keras()
    with keras.StatelessScope(initialize_variables=False):
        model = keras.saving.deserialize_keras_object(config)
        if len(model.inputs) != 1:
            raise InputError(f"{path} takes {len(model.inputs)} inputs, not images or vectors alone; save another.")
        weights = products = 0
        for _, layer in _leaves(model, ""):
            own = sum(math.prod(variable.shape) for variable in layer.variables)
            given = [math.prod(side or 1 for side in t.shape[1:]) for t in _outputs(layer)]
            places = [math.prod(side or 1 for side in t.shape[1:-1]) for t in _outputs(layer)]
            weights += own
            products += own * max(places, default=1)
            if max(given, default=0) > MAX_VALUES or products > MAX_PRODUCTS or weights * 4 > MAX_WEIGHTS:
                raise InputError(
                    f"{path} asks for too much in its layer {layer.name[:60]!r}: at most {MAX_WEIGHTS // 4:,} weights, "
                    f"{MAX_VALUES:,} numbers a layer and {MAX_PRODUCTS:,} multiplications an image are possible."
                )


def _outputs(layer: Any) -> list[Any]:
    """Return the tensors that a layer gives, wherever it stands."""
    return [tensor for node in layer._inbound_nodes for tensor in node.output_tensors]


def _assign(model: keras.Model, weights: Weights, path: Path) -> None:
    for name, layer in _leaves(model, ""):
        own = f"{name}/vars/"
        given = {key.removeprefix(own): array for key, array in weights.items() if key.startswith(own)}
        store: dict[str, Any] = {}
        layer.save_own_variables(store)
        shapes = {key: tuple(value.shape) for key, value in store.items()}
        if shapes != {key: array.shape for key, array in given.items()}:
            raise InputError(f"{path} does not hold the weights of its layer {layer.name[:60]!r}; save the model anew.")
        if given:
            layer.load_own_variables(given)


def _leaves(model: keras.Model, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the layers of a model and of models in it, with the paths that Keras gives them in a file."""
    keras = import_keras()
    used: dict[str, int] = {}
    for layer in model.layers:
        name = _in_snake_case(type(layer).__name__)
        count = used[name] = used.get(name, -1) + 1
        here = f"{path}layers/{name}_{count}" if count else f"{path}layers/{name}"
        if isinstance(layer, keras.Model):
            yield from _leaves(layer, f"{here}/")
        else:
            yield here, layer


def _in_snake_case(name: str) -> str:
    """Return the name of a class as Keras writes it: ``Conv2DTranspose`` as ``conv2d_transpose``."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


KIND = Kind(KerasConfig.kind, KerasConfig.from_dict, KerasAutoencoder.load, lambda _: (WEIGHTS, NETWORKS))
"""For the registry of kinds."""
