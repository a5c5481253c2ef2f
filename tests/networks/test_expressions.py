"""The network of expressions computes what its layers say, and sees the same in a picture however it is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

from core.errors import InputError
from core.networks import expressions
from core.networks.expressions import FEATURES, FILE, FILTERS, ExpressionNetwork, expression_network, weight_shapes
from core.study import Study


def pictures(count: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, *shape), np.uint8)


def convolved(x: np.ndarray, kernel: np.ndarray, strides: int = 1) -> np.ndarray:
    """Return images (h, w, c) convolved without padding."""
    windows = sliding_window_view(x, kernel.shape[:2], axis=(0, 1))[::strides, ::strides]
    return np.einsum("ijcab,abco->ijo", windows, kernel)


def layer_by_layer(image: np.ndarray, weights: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return what the layers of a mini-Xception make of a grey image (64, 64) in the range from -1 to 1."""

    def separable(x: np.ndarray, name: str) -> np.ndarray:
        padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
        deep = np.einsum(
            "ijcab,abc->ijc", sliding_window_view(padded, (3, 3), axis=(0, 1)), weights[f"{name}/depth/kernel"][..., 0]
        )
        return convolved(deep, weights[f"{name}/point/kernel"]) + weights[f"{name}/point/bias"]

    x = image[..., None].astype(np.float64)
    for name in ("conv_1", "conv_2"):
        x = np.maximum(convolved(x, weights[f"{name}/kernel"]) + weights[f"{name}/bias"], 0)
    for i in range(1, len(FILTERS) + 1):
        inner = separable(np.maximum(separable(x, f"block_{i}/first"), 0), f"block_{i}/second")
        side = -(-len(inner) // 2)
        before = max(2 * side + 1 - len(inner), 0) // 2  # as TensorFlow pads to the same size
        wide = np.pad(inner, ((before, 2), (before, 2), (0, 0)), constant_values=-np.inf)
        pooled = sliding_window_view(wide, (3, 3), axis=(0, 1))[: 2 * side : 2, : 2 * side : 2].max(axis=(3, 4))
        x = pooled + convolved(x, weights[f"block_{i}/short/kernel"], 2) + weights[f"block_{i}/short/bias"]
    return x.mean(axis=(0, 1))


@pytest.fixture
def fresh_weights() -> Iterator[None]:
    """Read the weights anew, before and after."""
    expressions._weights.cache_clear()
    yield
    expressions._weights.cache_clear()


def test_the_file_has_the_weights_that_the_network_asks_for() -> None:
    weights = safetensors.numpy.load(FILE.read_bytes())
    assert {name: value.shape for name, value in weights.items()} == weight_shapes()
    assert all(value.dtype == np.float16 and np.isfinite(value).all() for value in weights.values())
    assert sum(value.size for value in weights.values()) * 2 < FILE.stat().st_size < 100_000
    assert FILE.with_suffix(".LICENSE").read_text().startswith("MIT License")


def test_features_are_those_of_its_layers_one_after_the_other() -> None:
    weights = {name: value.astype(float) for name, value in safetensors.numpy.load(FILE.read_bytes()).items()}
    images = pictures(3, 64, 64, 1)
    found = ExpressionNetwork((64, 64, 1)).features(images)
    expected = np.stack([layer_by_layer(2 * (image[..., 0] / 255 - 0.5), weights) for image in images])
    assert found.shape == (3, FEATURES)
    assert expected.std(axis=0).max() > 0.1
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("shape", [(28, 28, 1), (48, 96, 3), (96, 96, 3), (64, 64, 1), (1, 1, 3)])
def test_images_of_any_size_have_as_many_finite_features(shape: tuple[int, int, int]) -> None:
    images = pictures(40, *shape)  # more than a block
    network = expression_network(shape)
    found = network.features(images)
    assert found.shape == (40, FEATURES)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(network.features(images[35:]), found[35:], atol=1e-4)
    assert network.features(images[:0]).shape == (0, FEATURES)
    assert expression_network(shape) is network


def test_a_grey_image_and_the_same_in_three_equal_channels_look_the_same() -> None:
    grey = pictures(5, 40, 40, 1)
    found = expression_network((40, 40, 1)).features(grey)
    again = expression_network((40, 40, 3)).features(np.repeat(grey, 3, axis=3))
    np.testing.assert_allclose(again, found, atol=1e-4)


def test_an_image_is_seen_as_it_is_when_it_is_scaled_before() -> None:
    large = pictures(4, 96, 96, 1)
    small = [np.asarray(Image.fromarray(image[..., 0]).resize((64, 64), Image.Resampling.BILINEAR)) for image in large]
    found = expression_network((96, 96, 1)).features(large)
    again = expression_network((64, 64, 1)).features(np.stack(small)[..., None])
    np.testing.assert_allclose(again, found, atol=0.02 * np.abs(found).max())  # Pillow rounds to whole numbers


def test_a_face_looks_more_like_its_mirror_image_than_like_others(bundled: Study) -> None:
    faces = bundled.load_autoencoder().decode(bundled.latents[::1000])
    network = expression_network(bundled.config.image_shape)
    found, mirrored = network.features(faces), network.features(np.ascontiguousarray(faces[:, :, ::-1]))
    distances = np.linalg.norm(found[:, None] - mirrored, axis=2)
    assert (distances.argmin(axis=1) == np.arange(len(faces))).mean() > 0.9
    assert np.diag(distances).min() > 0


@pytest.mark.parametrize("content", [b"", b"no weights at all", None])
def test_a_damaged_file_is_one_sentence(
    content: bytes | None, fresh_weights: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "expressions.safetensors"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(expressions, "FILE", path)
    with pytest.raises(InputError, match=r"^[^\n]*expressions\.safetensors cannot be read \([^\n]*install the program"):
        ExpressionNetwork((8, 8, 1)).features(pictures(1, 8, 8, 1))


def test_weights_of_another_network_are_refused(
    fresh_weights: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = safetensors.numpy.load(FILE.read_bytes())
    monkeypatch.setattr(expressions, "FILE", tmp_path / "expressions.safetensors")
    for wrong in ({"conv_1/kernel": weights["conv_1/kernel"]}, weights | {"conv_1/bias": np.zeros(9, np.float16)}):
        expressions.FILE.write_bytes(safetensors.numpy.save(wrong))
        with pytest.raises(InputError, match=r"^The weights do not fit the configuration: [^\n]*\.$"):
            ExpressionNetwork((8, 8, 1)).features(pictures(1, 8, 8, 1))
