"""Studies with autoencoders that were made elsewhere: written, opened, and decoded as their own framework does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.networks.foreign import to_range
from core.networks.keras_models import KerasAutoencoder, KerasConfig, KerasNetwork
from core.networks.onnx_models import OnnxAutoencoder, OnnxConfig, open_onnx
from core.networks.pairing import try_together
from core.sources.images import open_images
from core.sources.labels import join_labels
from core.study import Study, open_study
from core.study.building import encode_images
from core.study.writing import write_vectors
from tests.helpers.foreign import keras_linear, onnx_linear, pictures, write_pictures

pytestmark = pytest.mark.slow

SHAPE = (20, 28, 3)


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return pictures(80, SHAPE)


@pytest.fixture(scope="module")
def graphs(images: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> OnnxAutoencoder:
    """Return an autoencoder of channels first, pixels from -1 to 1, that takes one image at a time."""
    paths = onnx_linear(tmp_path_factory.mktemp("onnx"), images, 6, low=-1.0, block=1)
    encoder, decoder = map(open_onnx, paths)
    weights = encoder.weight_count + decoder.weight_count
    config = OnnxConfig(*SHAPE, 6, True, "0,1", "0,1", "nhwc", "nhwc", 0, weights, ("Gemm",), ("Gemm",))
    return OnnxAutoencoder(try_together(encoder, decoder, config, images).configured(config), encoder, decoder)


@pytest.fixture(scope="module")
def study(graphs: OnnxAutoencoder, images: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study of images that are not square, with ONNX graphs."""
    folder = tmp_path_factory.mktemp("studies")
    write_pictures(folder / "images", images)
    source = open_images(folder / "images")
    return encode_images(graphs, source, join_labels(source.names), folder / "foreign").study


@pytest.mark.slow
def test_a_study_of_onnx_graphs_keeps_them_as_files_and_opens_with_them(study: Study, images: np.ndarray) -> None:
    assert {"encoder.onnx", "decoder.onnx"} <= set(study.digests)
    assert study.config is not None
    assert (study.config.kind, study.config.image_shape, study.weight_count) == (
        "onnx",
        SHAPE,
        2 * 6 * 1680 + 1680 + 6 + 2,
    )
    assert study.source is not None
    assert study.source.image_size == SHAPE[:2]
    autoencoder = study.load_autoencoder()
    assert isinstance(autoencoder, OnnxAutoencoder)
    np.testing.assert_allclose(autoencoder.encode(images), study.latents, atol=0.02)
    assert autoencoder.decode(study.latents).shape == images.shape
    assert np.isfinite(autoencoder.cycle(study.latents[:3])).all()


def test_the_errors_are_those_of_the_graphs_themselves(
    study: Study, graphs: OnnxAutoencoder, images: np.ndarray
) -> None:
    assert graphs.encoder is not None
    tensor = to_range(images, "-1,1").transpose(0, 3, 1, 2)
    (back,) = graphs.decoder.run(graphs.encoder.run(np.ascontiguousarray(tensor))[0])
    expected = np.square(back - tensor).mean(axis=(1, 2, 3)) / 4  # from a width of 2 to one of 1
    np.testing.assert_allclose(study.rows["reconstruction_error"], expected, rtol=1e-5)


def test_a_graph_that_was_altered_is_refused(study: Study, tmp_path: Path) -> None:
    graph = study.folder / "decoder.onnx"
    before = graph.read_bytes()
    try:
        graph.write_bytes(before[:-1] + b"x")
        with pytest.raises(InputError, match=r"decoder\.onnx was altered"):
            open_study(study.folder)
    finally:
        graph.write_bytes(before)


@pytest.mark.slow
def test_a_study_of_keras_layers_keeps_numbers_and_json_alone(images: np.ndarray, tmp_path: Path) -> None:
    encoder, decoder = map(KerasNetwork, keras_linear(images, 6))
    config = KerasConfig(*SHAPE, 6, True, "0,1", "0,1", "nhwc", "nhwc", 0, 9, encoder.layers, decoder.layers)
    made = KerasAutoencoder(config, encoder, decoder)
    vectors = made.encode(images)
    study = write_vectors(vectors, tmp_path / "keras", autoencoder=made)
    assert {"weights.safetensors", "networks.json"} <= set(study.digests)
    assert study.weight_count == 2 * 6 * 1680 + 1680 + 6
    assert list(json.loads((study.folder / "networks.json").read_text())) == ["encoder", "decoder"]
    loaded = study.load_autoencoder()
    np.testing.assert_allclose(loaded.decode_exactly(vectors), made.decode_exactly(vectors), rtol=1e-6)
    np.testing.assert_allclose(loaded.encode(images), vectors, rtol=1e-5, atol=1e-6)
    assert loaded.describe()[0] == "**Encoder**: Flatten → Dense; pixels in [0, 1], nhwc"
