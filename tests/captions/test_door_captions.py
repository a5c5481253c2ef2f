"""What is said of images that somebody brings."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.captions.doors import about_recipe, about_time, found_lines
from core.networks import AutoencoderConfig, TrainingConfig, VariationalConfig
from core.sources.preview import Preview

PREVIEW = Preview(
    path=Path("faces.zip"),
    kind="zip",
    count=5000,
    read=240,
    sizes={(178, 218): 200, (10, 10): 30, (20, 10): 4, (30, 10): 1},
    bad={"the file is empty": ("a.png", "b.png", "c.png", "d.png", "e.png")},
    passed_over={"not an image file": 1},
    grey=False,
    crop=148,
    sheet=np.zeros((4, 64, 64, 3), np.uint8),
    classes={"cat": 4000, "dog": 1000},
    lists=(Path("list_attr.txt"),),
    columns=("age",),
    seconds=0.01,
)


def test_every_finding_is_a_sentence() -> None:
    assert list(found_lines(PREVIEW)) == [
        "5,000 images in a zip; 240 of them were looked at.",
        "Width × height in pixels: 178×218 (200), 10×10 (30), 20×10 (4) and 1 other sizes; in colour.",
        "Of each, the central 148×148 pixels will be cut, as below.",
        "5 of those looked at cannot be read (a.png, b.png, c.png …): the file is empty.",
        "1 other file is passed over: not an image file.",
        "Classes: cat (4,000), dog (1,000); they are kept with the images.",
        "Lists beside them: list_attr.txt; they are joined by file name.",
        "Columns beside them: age; they are kept with the images.",
    ]


def test_what_was_not_found_is_not_said() -> None:
    bare = replace(PREVIEW, sizes={}, bad={}, passed_over={}, classes={}, lists=(), columns=(), crop=0, count=240)
    assert list(found_lines(bare)) == [
        "240 images in a zip; all of them were looked at.",
        "Of each, the largest central square will be cut, as below.",
    ]
    small = replace(bare, sizes={(8, 8): 240}, grey=True)
    assert "Width × height in pixels: 8×8 (240); all grey." in list(found_lines(small))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(5, "about a minute"), (120, "about 2 minutes"), (3600, "about 60 minutes"), (9000, "about 2.5 hours")],
)
def test_times_are_no_more_exact_than_they_can_be(seconds: float, said: str) -> None:
    assert about_time(seconds) == said


def test_a_recipe_is_told_without_terms_of_the_trade() -> None:
    assert about_recipe(AutoencoderConfig(64, latent_size=64), TrainingConfig(epochs=2)) == (
        "An autoencoder learns to describe each image of 64×64 pixels by 64 numbers and to draw it again from them; "
        "it looks at all images 2 times."
    )
    assert "A variational autoencoder learns" in about_recipe(VariationalConfig(latent_size=1), TrainingConfig())
    assert "by one number " in about_recipe(VariationalConfig(latent_size=1), TrainingConfig())
