"""Sheets of reconstructions: one after each epoch, bounded in their number, in the workplace alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.networks import AutoencoderConfig
from core.study.sheets import GAP, SHOWN, Sheets, find_sheets
from tests.helpers.networks import random_autoencoder


@pytest.mark.parametrize("channels", [1, 3])
def test_a_sheet_shows_images_above_and_reconstructions_below(tmp_path: Path, channels: int) -> None:
    autoencoder = random_autoencoder(AutoencoderConfig(8, channels, 2, (2,)))
    pixels = np.random.default_rng(0).integers(0, 256, (SHOWN + 3, 8, 8, channels), np.uint8)
    Sheets(tmp_path, pixels, 3).write(2, autoencoder)
    assert list(find_sheets(tmp_path)) == [2]
    sheet = np.asarray(Image.open(find_sheets(tmp_path)[2]))
    assert sheet.shape == (16 + GAP, SHOWN * (8 + GAP) - GAP, 4)
    np.testing.assert_array_equal(sheet[:8, :8, :3], np.broadcast_to(pixels[0], (8, 8, 3)))
    decoded = autoencoder.decode(autoencoder.encode(pixels))[1]
    np.testing.assert_array_equal(sheet[8 + GAP :, 8 + GAP : 16 + GAP, :3], np.broadcast_to(decoded, (8, 8, 3)))


def test_a_long_training_has_a_hundred_sheets_and_one_without_held_out_images_none(tmp_path: Path) -> None:
    class Mirror:
        """Stands for an autoencoder, since what it draws does not matter here."""

        def encode(self, images: np.ndarray) -> np.ndarray:
            return images

        decode = encode

    for pixels, expected in ((np.zeros((0, 4, 4, 3), np.uint8), 0), (np.zeros((2, 4, 4, 3), np.uint8), 85)):
        sheets = Sheets(tmp_path, pixels, 250)
        for epoch in range(1, 251):
            sheets.write(epoch, Mirror())  # type: ignore[arg-type]
        found = list(find_sheets(tmp_path))
        assert len(found) == expected
        assert not found or (found[0], found[-1]) == (1, 250)


def test_other_files_are_no_sheets(tmp_path: Path) -> None:
    for name in ("epoch-1.png", "epoch-00001.png.partial", "epoch-00002.txt"):
        (tmp_path / name).write_bytes(b"")
    assert find_sheets(tmp_path) == {}
    assert find_sheets(tmp_path / "nowhere") == {}
