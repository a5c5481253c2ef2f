"""The drawing of a round trip: each number is a cell, the lighter the higher."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.figures.start import SIDE, barcode, round_trip


@pytest.mark.parametrize("dimension", [1, 2, 5, 256])
def test_each_number_is_a_cell_as_light_as_it_is_high(dimension: int) -> None:
    vector = np.linspace(-5, 5, dimension)
    field = np.asarray(barcode(vector, np.zeros(dimension), np.ones(dimension)))
    columns = int(np.ceil(np.sqrt(dimension)))
    cells = -(-dimension // columns) * columns
    centres = [
        field[round((row + 0.5) * SIDE / columns), round((column + 0.5) * SIDE / columns)]
        for row in range(cells // columns)
        for column in range(columns)
    ]
    lights, alphas = np.array(centres).T
    assert (np.diff(lights[:dimension].astype(int)) >= 0).all()
    assert alphas.tolist() == [255] * dimension + [0] * (cells - dimension)
    if dimension > 1:
        assert (lights[0], lights[dimension - 1]) == (0, 255)


def test_a_constant_component_is_grey() -> None:
    assert np.asarray(barcode(np.ones(4), np.zeros(4), np.zeros(4)))[..., 0] == pytest.approx(128)


@pytest.mark.parametrize("shape", [(8, 8, 3), (8, 8, 1), (4, 8, 3), (9, 3, 1)])
def test_a_picture_of_any_shape_stands_before_and_after(shape: tuple[int, int, int]) -> None:
    image = np.full(shape, 200, np.uint8)
    sheet = Image.open(io.BytesIO(round_trip(image, barcode(np.zeros(4), np.zeros(4), np.ones(4)), image)))
    assert sheet.height == SIDE
    pixels = np.asarray(sheet)
    middle = pixels[SIDE // 2]
    assert middle[SIDE // 2].tolist() == middle[-SIDE // 2].tolist() == [200, 200, 200, 255]
    assert pixels[0, SIDE + 5, 3] == 0  # nothing above an arrow
