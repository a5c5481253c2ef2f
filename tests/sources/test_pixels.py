"""Pixels of single images: colours, orientation, and memory."""

from __future__ import annotations

import io
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from core.sources.images import ImageSource, open_images
from core.sources.pixels import TURNS, decode, prepare, size_of, upright

ROOT = Path(__file__).parents[2]

LIMIT = 1_500_000_000
"""Bytes that eight images of 64 million pixels may take."""

BOMBS = """
import sys, resource
resource.setrlimit(resource.RLIMIT_AS, (8 * 2**30, 8 * 2**30))
from core.sources.images import open_images
source = open_images(sys.argv[1])
(batch,) = source.batches(source.names, 64)
assert [s.reason for s in batch.skipped] == [], batch.skipped
assert len(batch.names) == 8
peak = int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) * 1024
print(peak)
"""


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def plain_average(image: Image.Image, crop: int, size: int) -> np.ndarray:
    """Return the average by area of the central square, by the matrix of the areas that pixels share."""
    side = crop or min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    pixels = np.asarray(image.convert("RGB").crop((left, top, left + side, top + side)), float)
    edges = np.linspace(0, side, size + 1)
    starts = np.arange(side)
    shared = np.clip(np.minimum(edges[1:, None], starts + 1) - np.maximum(edges[:-1, None], starts), 0, None)
    weights = shared / shared.sum(axis=1, keepdims=True)
    return np.tensordot(weights, np.tensordot(weights, pixels, (1, 1)), (1, 1))


def test_photographs_are_averaged_exactly(celeba_source: ImageSource) -> None:
    for name in celeba_source.names[:20]:
        image = celeba_source.image(name)
        expected = plain_average(image, 148, 96)
        assert np.abs(prepare(image, 148, 96) - expected).max() <= 0.5 + 1e-9


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 40), st.integers(0, 2**31))
def test_any_size_is_averaged_exactly(width: int, height: int, size: int, seed: int) -> None:
    image = Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8))
    assert np.abs(prepare(image, 0, size) - plain_average(image, 0, size)).max() <= 0.5 + 1e-9


def test_strips_are_averaged_as_the_whole_is(monkeypatch: pytest.MonkeyPatch) -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 77, 3), np.uint8))
    whole = prepare(image, 0, 13)
    monkeypatch.setattr("core.sources.pixels.STRIP", 77 * 4)
    np.testing.assert_array_equal(prepare(image, 0, 13), whole)


@pytest.mark.parametrize("orientation", [1, *TURNS])
@pytest.mark.parametrize("size", [(40, 31), (30, 47)])
def test_a_photograph_that_lies_on_its_side_is_turned_upright(orientation: int, size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(Image.fromarray(pixels), "PNG", exif=exif)
    turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    assert size_of(data) == turned.size
    np.testing.assert_array_equal(np.asarray(upright(data)), np.asarray(turned))
    side = 30  # even or odd as the image is, so that the central square is the same whichever way it lies
    side -= (min(size) - side) % 2
    found, expected = decode(data, side, side).astype(int), prepare(turned, side, side).astype(int)
    assert abs(found.mean() - expected.mean()) < 3
    if (size[0] - side) % 2 == 0 and (size[1] - side) % 2 == 0:
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(("level", "shown"), [(0, 0), (128 * 257, 128), (65_535, 255), (1000, 4)])
def test_sixteen_bits_are_scaled_to_eight(level: int, shown: int) -> None:
    data = saved(Image.fromarray(np.full((12, 12), level, np.uint16)))
    assert Image.open(io.BytesIO(data)).mode.startswith("I")
    np.testing.assert_array_equal(decode(data, 0, 4), shown)


def test_a_large_jpeg_is_decoded_at_a_reduced_size_and_looks_the_same() -> None:
    across = np.linspace(0, 255, 3000)
    pixels = np.stack([*np.meshgrid(across, across), np.full((3000, 3000), 90.0)], axis=-1).astype(np.uint8)
    image = Image.fromarray(pixels)
    found = decode(saved(image, "JPEG", quality=95), 2000, 32).astype(int)
    assert np.abs(found - plain_average(image, 2000, 32)).max() < 4


@pytest.mark.slow
def test_eight_images_of_64_million_pixels_stay_within_the_budget(tmp_path: Path) -> None:
    side, quick = 7999, partial(saved, compress_level=1)
    plain = Image.new("L", (side, side), 200)
    kinds = {
        "grey": quick(plain),
        "colour": quick(Image.new("RGB", (side, side), "teal")),
        "alpha": quick(Image.new("RGBA", (side, side), "teal")),
        "palette": quick(Image.new("P", (side, side), 3)),
        "deep": quick(Image.new("I;16", (side, side), 40_000)),
        "bits": quick(Image.new("1", (side, side), 1)),
        "photograph": saved(plain.convert("RGB"), "JPEG"),
        "colour_again": quick(Image.new("RGB", (side, side), "navy")),
    }
    assert max(map(len, kinds.values())) < 2_000_000
    for name, data in kinds.items():
        (tmp_path / f"{name}.{'jpg' if name == 'photograph' else 'png'}").write_bytes(data)
    command = [sys.executable, "-c", BOMBS, tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < LIMIT


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["PNG", "JPEG", "WEBP", "BMP"]),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), min_size=1, max_size=4),
)
def test_a_mutated_image_is_decoded_or_refused_with_a_reason(kind: str, edits: list[tuple[float, bytes]]) -> None:
    data = saved(Image.fromarray(np.random.default_rng(2).integers(0, 256, (24, 20, 3), np.uint8)), kind)
    for place, new in edits:
        start = int(place * len(data))
        data = data[:start] + new + data[start + len(new) :]
    try:
        pixels = decode(data, 0, 8)
    except OSError:
        return
    assert pixels.shape == (8, 8, 3)


def test_what_is_no_image_of_a_known_format_is_refused_whatever_it_is_called(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "a.tiff")
    (tmp_path / "a.tiff").rename(tmp_path / "a.png")
    source = open_images(tmp_path)
    (batch,) = source.batches(source.names, 8)
    assert [s.reason for s in batch.skipped] == ["the file is not an image"]


def test_a_part_of_another_aspect_is_cut_from_the_centre_and_turned_upright_with_the_image() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8)
    image = Image.fromarray(pixels)
    np.testing.assert_array_equal(prepare(image, 0, (60, 40, 3)), pixels[:, 25:65])
    np.testing.assert_array_equal(prepare(image, 0, (10, 90, 3)), pixels[25:35])
    np.testing.assert_array_equal(prepare(image, 40, (20, 40, 3)), pixels[20:40, 25:65])
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        lying = Image.open(io.BytesIO(saved(image, exif=exif)))
        upright = np.asarray(ImageOps.exif_transpose(lying))
        height, width = upright.shape[:2]
        top, left = (height - 20) // 2, (width - 30) // 2
        cut = decode(saved(image, exif=exif), 30, (20, 30, 3))
        np.testing.assert_array_equal(cut, upright[top : top + 20, left : left + 30])


def test_grey_is_the_luminance_in_one_channel() -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (28, 20, 3), np.uint8))
    grey = decode(saved(image), 0, (28, 20, 1))
    np.testing.assert_array_equal(grey[..., 0], np.asarray(image.convert("L")))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = decode(saved(image, exif=exif), 0, (20, 28, 1))
    np.testing.assert_array_equal(turned, np.rot90(grey, -1))
    deep = Image.fromarray(np.arange(0, 65536, 257, np.uint16).reshape(16, 16))
    np.testing.assert_array_equal(decode(saved(deep), 0, (16, 16, 1)).ravel(), np.arange(256))


def test_a_large_photograph_is_decoded_small_for_a_result_that_is_not_square() -> None:
    image = Image.linear_gradient("L").resize((2400, 1600)).convert("RGB")
    exact = prepare(image, 0, (32, 48, 3)).astype(float)
    assert np.abs(decode(saved(image, "JPEG", quality=95), 0, (32, 48, 3)) - exact).max() < 3
