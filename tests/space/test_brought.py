"""A picture of a user's own is cut as the study's were where it is one like them, and falls where the encoder says."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.captions.faces import about_a_brought_picture
from core.errors import InputError
from core.space.brought import bring
from core.study import Study


def file_of(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def painted(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)


def test_a_picture_falls_where_the_encoder_puts_its_central_part(tiny_study: Study) -> None:
    autoencoder = tiny_study.load_autoencoder()
    crop, (height, width, _) = tiny_study.source.crop, autoencoder.image_shape
    like, far = painted(crop + 30, crop + 10), painted(4 * crop, 5 * crop)
    one, other = bring(tiny_study, autoencoder, file_of(like)), bring(tiny_study, autoencoder, file_of(far))
    assert (one.crop, other.crop) == (crop, 0)
    middle = bring(tiny_study, autoencoder, file_of(like[15 : 15 + crop, 5 : 5 + crop]))
    np.testing.assert_array_equal(one.pixels, middle.pixels)
    np.testing.assert_array_equal(one.vector, autoencoder.encode(one.pixels[None])[0])
    assert one.pixels.shape == one.again.shape == (height, width, 3)
    difference = autoencoder.decode_exactly(one.vector[None])[0] - one.pixels / 255
    assert one.error == pytest.approx(np.square(difference).mean(), rel=1e-4)
    assert f"square of {crop} pixels" in about_a_brought_picture(one, tiny_study)
    share = float((tiny_study.rows["reconstruction_error"] < one.error).mean())
    assert f"more than {share:.0%} of CelebA do" in about_a_brought_picture(one, tiny_study)
    assert "largest central part" in about_a_brought_picture(other, tiny_study)


@pytest.mark.parametrize("data", [b"", b"no picture", file_of(painted(60, 60))[:300]])
def test_what_is_no_picture_is_one_sentence(tiny_study: Study, data: bytes) -> None:
    with pytest.raises(InputError, match=r"cannot be read: .*choose a JPEG"):
        bring(tiny_study, tiny_study.load_autoencoder(), data)
