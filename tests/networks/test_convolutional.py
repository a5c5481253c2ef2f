"""Encoder and decoder: shapes, weights on disk, files that are refused, all without Keras; and Keras's quiet import."""

import json
import os
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from core.errors import InputError
from core.networks import AutoencoderConfig, ConvolutionalAutoencoder
from core.networks.backend import _without_log_lines
from core.networks.trainees import Trainee
from core.study.description import WEIGHTS, Study
from tests.helpers.networks import random_autoencoder

ROOT = Path(__file__).parents[2]

SMALL = AutoencoderConfig(image_size=16, latent_size=6, filters=(4, 8))


@pytest.fixture(scope="module")
def autoencoder() -> ConvolutionalAutoencoder:
    """Return a small autoencoder with random weights."""
    return random_autoencoder(SMALL, seed=1)


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (130, 16, 16, 3), np.uint8)


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return np.random.default_rng(1).normal(0, 3, (130, 6)).astype(np.float32)


def run(code: str, *, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=check, cwd=ROOT)


# Images to vectors and back


@pytest.mark.parametrize(
    "config",
    [
        SMALL,
        AutoencoderConfig(8, 1, 2, (3,), 2, "elu"),
        AutoencoderConfig(24, 4, 5, (2, 3, 4), 5, "gelu", batch_normalisation=True),
        AutoencoderConfig(16, 3, 5, (2, 3), 9, "silu"),
        AutoencoderConfig(16, 3, 5, (2, 3), 3, "leaky_relu"),
        AutoencoderConfig(27, 1, 1, (2, 3, 4)),
    ],
)
@pytest.mark.parametrize("count", [0, 3])
def test_images_become_vectors_and_vectors_images_of_the_configured_shapes(
    config: AutoencoderConfig, count: int
) -> None:
    autoencoder = random_autoencoder(config)
    shape = (count, config.image_size, config.image_size, config.channels)
    latents = autoencoder.encode(np.zeros(shape, np.uint8))
    assert (latents.dtype, latents.shape) == (np.float32, (count, config.latent_size))
    faces = autoencoder.decode(latents)
    assert (faces.dtype, faces.shape) == (np.uint8, shape)
    again = autoencoder.cycle(latents)
    assert (again.dtype, again.shape) == (np.float32, latents.shape)


def test_decoded_faces_are_rounded_from_the_unit_range(
    autoencoder: ConvolutionalAutoencoder, vectors: np.ndarray
) -> None:
    exact, faces = autoencoder.decode_exactly(100 * vectors), autoencoder.decode(100 * vectors)
    assert exact.dtype == np.float32
    assert exact.min() >= 0
    assert exact.max() <= 1
    assert np.abs(faces - 255.0 * exact).max() <= 0.5 + 1e-4
    assert exact.std() > 0.1


def test_bytes_and_the_same_pixels_as_floats_have_the_same_vectors(
    autoencoder: ConvolutionalAutoencoder, images: np.ndarray
) -> None:
    np.testing.assert_array_equal(autoencoder.encode(images), autoencoder.encode(images.astype(np.float32) / 255))


def test_decoding_in_blocks_is_decoding_at_once(autoencoder: ConvolutionalAutoencoder, vectors: np.ndarray) -> None:
    at_once = autoencoder.decode_exactly(vectors)
    one_by_one = np.concatenate([autoencoder.decode_exactly(v[None]) for v in vectors[:5]])
    np.testing.assert_allclose(one_by_one, at_once[:5], atol=1e-6)


def test_the_cycle_encodes_the_unrounded_faces(autoencoder: ConvolutionalAutoencoder, vectors: np.ndarray) -> None:
    expected = autoencoder.encode(autoencoder.decode_exactly(vectors))
    np.testing.assert_allclose(autoencoder.cycle(vectors), expected, atol=1e-5)


@pytest.mark.parametrize("count", [0, 1, 70])
def test_faces_and_cycle_in_one_pass_are_those_of_two(autoencoder: ConvolutionalAutoencoder, count: int) -> None:
    vectors = np.random.default_rng(3).normal(0, 3, (count, 6))
    faces, again = autoencoder.decode_and_cycle(vectors)
    np.testing.assert_array_equal(faces, autoencoder.decode(vectors))
    np.testing.assert_array_equal(again, autoencoder.cycle(vectors))
    assert (faces.dtype, again.dtype) == (np.uint8, np.float32)


def test_images_and_vectors_of_another_shape_are_refused(autoencoder: ConvolutionalAutoencoder) -> None:
    with pytest.raises(InputError, match=r"images have the shape \(16, 12, 3\), this autoencoder takes \(16, 16, 3\)"):
        autoencoder.encode(np.zeros((2, 16, 12, 3), np.uint8))
    for shape in ((2, 7), (6,), (2, 6, 1)):
        with pytest.raises(InputError, match=r"vectors have the shape .*, this decoder takes \(n, 6\)"):
            autoencoder.decode(np.zeros(shape))


# Weights


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    weights, same, other = (Trainee(SMALL, seed).weights() for seed in (1, 1, 2))
    assert list(weights) == list(same) == list(other)
    for name, values in weights.items():
        np.testing.assert_array_equal(values, same[name])
        assert name.endswith("bias") or not np.array_equal(values, other[name])


def test_weights_are_named_by_part_and_layer(autoencoder: ConvolutionalAutoencoder) -> None:
    assert set(autoencoder.weights()) == {
        f"{layer}/{kind}"
        for layer in (
            "encoder/conv_1", "encoder/conv_2", "encoder/latent",
            "decoder/expand", "decoder/deconv_1", "decoder/pixels",
        )
        for kind in ("kernel", "bias")
    }  # fmt: skip


@pytest.mark.parametrize("batch_normalisation", [False, True])
def test_weights_come_back_from_the_disk_as_float16_and_decode_the_same_faces(
    tmp_path: Path, vectors: np.ndarray, batch_normalisation: bool
) -> None:
    config = AutoencoderConfig(16, 3, 6, (4, 8), batch_normalisation=batch_normalisation)
    original = random_autoencoder(config, seed=3)
    original.save(tmp_path / "w.safetensors")
    assert {w.dtype.name for w in safetensors.numpy.load_file(tmp_path / "w.safetensors").values()} == {"float16"}
    assert (tmp_path / "w.safetensors").stat().st_mode & 0o044  # others may read it
    restored = ConvolutionalAutoencoder.load(tmp_path / "w.safetensors", config)
    for name, values in original.weights().items():
        np.testing.assert_allclose(restored.weights()[name], values, rtol=1e-3, atol=1e-7)
    difference = np.abs(restored.decode(vectors).astype(int) - original.decode(vectors))
    assert original.decode(vectors).std() > 0
    assert difference.mean() < 1


def test_a_trained_study_decodes_the_same_from_float16_weights(tiny_study: Study, tmp_path: Path) -> None:
    on_disk = tiny_study.load_autoencoder()
    on_disk.save(tmp_path / "again.safetensors")
    assert (tmp_path / "again.safetensors").read_bytes() == (tiny_study.folder / WEIGHTS).read_bytes()


@pytest.mark.parametrize("value", [np.nan, np.inf, 70_000.0])
def test_weights_that_float16_cannot_hold_are_not_written(tmp_path: Path, value: float) -> None:
    weights = random_autoencoder(SMALL).weights()
    weights["decoder/expand/bias"][0] = value
    autoencoder = ConvolutionalAutoencoder(SMALL, weights)
    with pytest.raises(InputError, match=r"The weight decoder/expand/bias does not fit into float16; train again"):
        autoencoder.save(tmp_path / "w.safetensors")
    assert list(tmp_path.iterdir()) == []


def without_a_key(weights: dict[str, np.ndarray]) -> None:
    del weights["encoder/latent/bias"]


def with_a_foreign_key(weights: dict[str, np.ndarray]) -> None:
    weights["encoder/conv_9/kernel"] = np.zeros(3, np.float16)


def with_another_shape(weights: dict[str, np.ndarray]) -> None:
    weights["encoder/latent/bias"] = np.zeros(7, np.float16)


def with_nan(weights: dict[str, np.ndarray]) -> None:
    weights["encoder/latent/bias"][2] = np.nan


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (without_a_key, r"do not fit the configuration: encoder/latent/bias is missing or superfluous\. Restore"),
        (
            with_a_foreign_key,
            r"do not fit the configuration: encoder/conv_9/kernel is missing or superfluous\. Restore",
        ),
        (with_another_shape, r"do not fit .*: encoder/latent/bias has the shape \(7,\), not \(6,\)\. Restore"),
        (with_nan, r"holds NaN or infinity in encoder/latent/bias; restore it from its source\."),
    ],
)
def test_a_file_of_other_weights_is_refused(
    autoencoder: ConvolutionalAutoencoder,
    tmp_path: Path,
    damage: Callable[[dict[str, np.ndarray]], None],
    complaint: str,
) -> None:
    file = tmp_path / "w.safetensors"
    autoencoder.save(file)
    weights = safetensors.numpy.load_file(file)
    damage(weights)
    safetensors.numpy.save_file(weights, file)
    with pytest.raises(InputError, match=complaint) as caught:
        ConvolutionalAutoencoder.load(file, SMALL)
    assert str(caught.value).startswith(str(file))


def header(entries: dict[str, object]) -> bytes:
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text


class Never:
    """Ends the tests if it is ever unpickled."""

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (1,)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        struct.pack("<Q", 2**60) + b"{}",
        header({"a": {"dtype": "F16", "shape": [4], "data_offsets": [0, 8]}}),
        header({"a": {"dtype": "F12", "shape": [1], "data_offsets": [0, 2]}}) + b"12",
        header({"a": {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [0, 2]}}) + b"12",
        header({"a": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}) + b"12",
        pickle.dumps(Never()),
    ],
    ids=["empty", "page", "huge header", "cut", "unknown type", "float8", "bfloat16", "pickle"],
)
def test_a_file_that_holds_no_weights_is_refused_and_never_run(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "w.safetensors"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"^.*w\.safetensors(:| cannot be read as weights \().*[Rr]estore"):
        ConvolutionalAutoencoder.load(file, SMALL)


def test_a_missing_file_of_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.safetensors cannot be read as weights \(No such file"):
        ConvolutionalAutoencoder.load(tmp_path / "none.safetensors", SMALL)


# TensorFlow


def test_autoencoders_decode_without_keras_and_without_a_user_interface(
    autoencoder: ConvolutionalAutoencoder, tmp_path: Path
) -> None:
    autoencoder.save(tmp_path / "w.safetensors")
    code = "import sys, numpy as np, core.networks.training as training\n"
    code += f"config = training.AutoencoderConfig(**{SMALL.to_dict()})\n"
    code += f"loaded = training.ConvolutionalAutoencoder.load({str(tmp_path / 'w.safetensors')!r}, config)\n"
    code += "loaded.cycle(np.zeros((2, 6)))\n"
    code += "unwanted = {'tensorflow', 'keras', 'streamlit', 'tqdm', 'plotly', 'core.commands.progress'}\n"
    code += "print(*sorted(unwanted & set(sys.modules)))"
    done = run(code)
    assert (done.stdout, done.stderr) == ("\n", "")


@pytest.mark.slow
def test_keras_loads_without_a_word_from_several_threads_at_once_and_leaves_standard_error_open() -> None:
    code = """
import os
from threading import Thread
import numpy as np
from core.networks import AutoencoderConfig
from core.networks.backend import import_keras
from core.networks.trainees import Trainee
threads = [Thread(target=import_keras) for _ in range(3)]
[t.start() for t in threads]
[t.join() for t in threads]
config = AutoencoderConfig(image_size=8, latent_size=8, filters=(2, 2))
trainee = Trainee(config, precision="bfloat16")
print(trainee.encoder(trainee.decoder(np.zeros((2, 8)))).shape)
os.write(2, b"still here")
"""
    done = run(code)
    assert (done.stdout, done.stderr) == ("(2, 8)\n", "still here")


LINES = (
    b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    b"I0000 00:00:1795352954.888086    6263 port.cc:153] oneDNN custom operations are on.\n"
    b"a line of somebody else\n"
    b"2026-11-22 13:04:58.1: E external/local_xla/cuda.cc:47] failed call to cuInit\n"
)


def test_only_tensorflows_own_lines_are_held_back(capfd: pytest.CaptureFixture[str]) -> None:
    with _without_log_lines():
        os.write(2, LINES)
        assert capfd.readouterr().err == ""
    assert capfd.readouterr().err == "a line of somebody else\n"
    with _without_log_lines():
        os.write(2, LINES[:50])
    assert capfd.readouterr().err == ""


def test_everything_is_shown_when_keras_cannot_be_loaded(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with _without_log_lines():
            os.write(2, LINES)
            raise ImportError

    with pytest.raises(ImportError):
        fail()
    assert capfd.readouterr().err == LINES.decode()


def test_a_program_without_standard_error_loads_keras_too() -> None:
    code = "import os; from core.networks.backend import _without_log_lines as quiet; os.close(2)\n"
    done = run(code + "with quiet(): print('fine')")
    assert (done.stdout, done.stderr) == ("fine\n", "")
