"""What a Keras model may be made of: layers of ``keras.layers`` and plain activations by name; nothing that is code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.errors import InputError

__all__ = ["checked_config", "layers_of"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LAYERS = _words(
    """
    InputLayer Dense EinsumDense Activation ReLU LeakyReLU PReLU ELU Softmax Identity Flatten Reshape Permute
    RepeatVector Rescaling Normalization ActivityRegularization
    Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose DepthwiseConv1D DepthwiseConv2D
    SeparableConv1D SeparableConv2D
    MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D
    GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
    UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
    Cropping1D Cropping2D Cropping3D
    BatchNormalization LayerNormalization GroupNormalization UnitNormalization RMSNormalization
    Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D AlphaDropout GaussianDropout GaussianNoise
    Add Subtract Multiply Average Maximum Minimum Concatenate Dot
    """
)
"""Layers that compute with numbers alone and hold no layer in themselves."""

MODELS = frozenset({"Functional", "Sequential", "Model"})

ACTIVATIONS = _words(
    """
    linear relu relu6 leaky_relu elu selu celu gelu silu swish mish tanh sigmoid hard_sigmoid hard_silu hard_swish
    hard_tanh log_sigmoid softplus softsign softmax log_softmax exponential soft_shrink hard_shrink tanh_shrink
    threshold squareplus sparse_plus sparse_sigmoid sparsemax glu
    """
)

INITIALIZERS = _words(
    """
    Zeros Ones Constant RandomNormal RandomUniform TruncatedNormal VarianceScaling GlorotNormal GlorotUniform HeNormal
    HeUniform LecunNormal LecunUniform Orthogonal OrthogonalInitializer Identity IdentityInitializer
    """
)

ALLOWED: dict[str, frozenset[str]] = {
    "keras.layers": LAYERS,
    "keras": frozenset({"Functional", "Sequential", "Model", "DTypePolicy"}),
    "keras.models": MODELS,
    "keras.src.models.functional": MODELS,
    "keras.src.models.sequential": MODELS,
    "keras.initializers": INITIALIZERS,
    "keras.regularizers": frozenset({"L1", "L2", "L1L2", "OrthogonalRegularizer"}),
    "keras.constraints": frozenset({"MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"}),
    "keras.dtype_policies": frozenset({"DTypePolicy"}),
}
"""Classes by the module that a configuration names."""

TYPES = frozenset({"float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16"})

LAMBDA = "__lambda__"

PLAIN = frozenset({"__keras_tensor__", "__tuple__"})
"""Marks of what is no object: a place in the graph, and a tuple."""

DEEPEST, LARGEST = 64, 200_000
"""Of a configuration: how far it may be nested, and how many values it may hold."""

REMEDY = "rebuild it of layers of keras.layers, or export the model to ONNX"


def checked_config(config: Any, path: Path) -> dict[str, Any]:
    """Return the configuration of a model without what only a training needs.

    Every object in it is of a class that is known to compute with numbers alone; start values become zeros, since
    weights follow.

    Parameters
    ----------
    config : JSON values
        As ``keras.saving.serialize_keras_object`` returns it.
    path : Path
        The file, for messages.

    Raises
    ------
    InputError
        If it names a Lambda, a class of the user's, another module, or anything else that is code.
    """
    if not isinstance(config, dict) or config.get("class_name") not in MODELS:
        name = str(config.get("class_name") if isinstance(config, dict) else config)[:60]
        raise InputError(f"{path} holds {name!r}, not a functional or sequential Keras model; {REMEDY}.")
    checked: dict[str, Any] = _Check(path).value(config, "model", 0)
    try:
        unread = json.dumps(config)
    except RecursionError:
        unread = LAMBDA  # who nests so deeply hides something
    if LAMBDA in unread:
        raise InputError(f"{path} holds a Lambda, which is code; {REMEDY}.")
    return checked


def layers_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the classes of the layers of a checked configuration in their order, those of models in it among them."""
    found: list[str] = []
    for layer in config["config"].get("layers", ()):
        if layer["class_name"] in MODELS:
            found += layers_of(layer)
        elif layer["class_name"] != "InputLayer":
            found.append(layer["class_name"])
    return tuple(found)


class _Check:
    """Walks through a configuration; counts what it has seen."""

    def __init__(self, path: Path) -> None:
        self.path, self.seen = path, 0

    def value(self, value: Any, key: str, depth: int) -> Any:
        self.seen += 1
        if depth > DEEPEST or self.seen > LARGEST:
            raise self._refusal("a configuration that is nested too deeply or too long")
        if isinstance(value, dict):
            return self._mapping(value, key, depth)
        if isinstance(value, list):
            return [self.value(item, key, depth + 1) for item in value]
        if isinstance(value, str):
            self._text(value, key)
        elif key.endswith("activation") and value is not None:
            raise self._refusal(f"{value!r:.60} for an activation")
        return value

    def _mapping(self, value: dict[str, Any], key: str, depth: int) -> Any:
        name, module = value.get("class_name"), value.get("module")
        if "class_name" in value or "module" in value:
            if name in PLAIN and module in (None, "builtins"):
                return {k: self.value(v, "", depth + 1) for k, v in value.items()}
            self._object(name, module, value.get("registered_name"), value)
        kept = {k: v for k, v in value.items() if k != "compile_config"}
        checked = {str(k): self.value(v, str(k), depth + 1) for k, v in kept.items()}
        if key.endswith("_initializer"):
            return "zeros"
        return None if key.endswith(("_regularizer", "_constraint")) else checked

    def _object(self, name: Any, module: Any, registered: Any, value: dict[str, Any]) -> None:
        shown = f"{str(name)[:60]!r} of the module {str(module)[:60]!r}"
        if name in ("Lambda", LAMBDA):
            called = value.get("config")
            label = str(called.get("name", ""))[:60] if isinstance(called, dict) else ""
            raise self._refusal(f"a Lambda {label!r}, which is code".replace(" ''", ""))
        if not isinstance(module, str) or name not in ALLOWED.get(module, ()):
            raise self._refusal(f"{shown}, which is not known to be without code")
        if registered is not None and registered != name:
            raise self._refusal(f"{shown}, registered as {str(registered)[:60]!r}")

    def _text(self, value: str, key: str) -> None:
        if value == LAMBDA or value.startswith("Custom>"):
            raise self._refusal(f"{value[:60]!r}, which is code of its own")
        if key.endswith("activation") and value not in ACTIVATIONS:
            raise self._refusal(f"the activation {value[:60]!r}, which is not one of Keras")
        if key == "dtype" and value not in TYPES:
            raise self._refusal(f"the type {value[:60]!r}")

    def _refusal(self, what: str) -> InputError:
        return InputError(f"{self.path} holds {what}; {REMEDY}.")
