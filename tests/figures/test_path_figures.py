"""Film strips: every number stands beneath its frame; animations go to the end and back."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from core.figures import paths, theme
from core.figures.paths import Strip
from core.space.ways import WAYS, Path, between
from core.statistics import Description, describe

FRAMES = 5


@pytest.fixture(scope="module")
def study() -> Description:
    return describe(np.random.default_rng(0).normal(size=(200, 4)))


def frames(count: int = FRAMES, channels: int = 3) -> np.ndarray:
    """Return images whose grey value tells their number."""
    shades = np.linspace(0, 250, count).astype(np.uint8)
    return shades[:, None, None, None] * np.ones((1, 8, 8, channels), np.uint8)


def strip(study: Description, way: str, colour: str, channels: int = 3) -> Strip:
    path = between(study, np.ones(4), -2 * np.arange(4.0), way, FRAMES)
    distances = study.axes.mahalanobis(path.vectors)
    return Strip(path, frames(channels=channels), distances, np.linspace(0.1, 0.5, FRAMES), colour)


def shade(source: str) -> float:
    kind, data = source.split(",", 1)
    assert kind == "data:image/webp;base64"
    return float(np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")).mean())


def strips_of(study: Description, count: int) -> list[Strip]:
    ways = zip(WAYS, (theme.SAMPLE, theme.SECOND), strict=False)
    return [strip(study, way, colour) for way, colour in ways][:count]


@pytest.mark.parametrize("count", [1, 2])
def test_every_frame_stands_above_its_numbers(study: Description, count: int) -> None:
    strips = strips_of(study, count)
    chart = paths.film(strips, study, 0.2)
    images = chart.layout.images
    assert len(images) == count * FRAMES
    for row in range(count):
        mine = images[row * FRAMES : (row + 1) * FRAMES]
        assert [image.x for image in mine] == [1, 2, 3, 4, 5]
        assert {image.xref for image in mine} == {"x" if row == 0 else f"x{row + 1}"}
        assert [shade(image.source) for image in mine] == pytest.approx(np.linspace(0, 250, 5), abs=3)
        hidden, distances, errors = chart.data[3 * row : 3 * row + 3]
        assert list(distances.x) == list(errors.x) == list(hidden.x) == [1, 2, 3, 4, 5]
        np.testing.assert_array_equal(distances.y, strips[row].distances)
        np.testing.assert_array_equal(errors.y, strips[row].errors)
        np.testing.assert_array_equal(hidden.customdata, strips[row].path.positions)
        assert (hidden.xaxis, hidden.marker.opacity) == (mine[0].xref, 0)
        assert (distances.yaxis, errors.yaxis) == (f"y{count + 1}", f"y{count + 2}")
        assert distances.line.color == errors.line.color == strips[row].colour
    axes = [chart.layout[f"xaxis{n}" if n > 1 else "xaxis"] for n in range(1, count + 3)]
    assert {tuple(axis.range) for axis in axes} == {(0.5, 5.5)}
    titles = [strip.path.name for strip in strips] + [
        "distance from the middle",
        "cycle error: how far a step moves when decoded and encoded again",
    ]
    assert [a.text for a in chart.layout.annotations][: count + 2] == titles
    named = [(t.name, t.line.color) for t in chart.data if t.showlegend]  # colours have names; titles have the page's
    assert named == ([(strip.path.name, strip.colour) for strip in strips] if count > 1 else [])


def test_the_usual_distance_and_error_of_celeba_are_drawn_beside(study: Description) -> None:
    chart = paths.film(strips_of(study, 2), study, 0.2)
    levels, bands = {}, {}
    for shape in chart.layout.shapes:
        (levels if shape.type == "line" else bands).setdefault(shape.yref.split()[0], []).append((shape.y0, shape.y1))
    half, edge = np.median(study.distances) / 2, np.quantile(study.distances, 0.99)
    np.testing.assert_allclose(levels["y3"], [(half, half), (edge, edge)])
    np.testing.assert_allclose(bands["y3"], [(half, edge)])
    assert (levels["y4"], bands["y4"]) == ([(0.2, 0.2)], [(0.0, 0.25)])
    texts = [a.text for a in chart.layout.annotations]
    assert {f"half of the median of {study.title}", f"99 % of {study.title}", f"{study.title}, mean"} <= set(texts)
    assert texts.count("good") == 2


def test_more_strips_make_a_higher_film(study: Description) -> None:
    one, two = (paths.film(strips_of(study, count), study, 0.2).layout.height for count in (1, 2))
    assert two >= one + paths.STRIP


def test_a_grey_film_is_drawn_grey(study: Description) -> None:
    chart = paths.film([strip(study, "line", theme.SAMPLE, channels=1)], study, 0.2)
    assert shade(chart.layout.images[2].source) == pytest.approx(125, abs=3)


def test_a_film_needs_a_picture_for_every_frame(study: Description) -> None:
    good = strip(study, "line", theme.SAMPLE)
    short = Strip(good.path, good.images[:-1], good.distances, good.errors, good.colour)
    with pytest.raises(ValueError, match="shorter"):
        paths.film([short], study, 0.2)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_an_animation_goes_to_the_end_and_back_for_ever(count: int, channels: int) -> None:
    data = paths.animation(frames(count, channels))
    picture = Image.open(io.BytesIO(data))
    assert data.startswith(b"GIF8")
    assert picture.n_frames == 2 * count - 2
    assert picture.size == (8 * paths.ENLARGED, 8 * paths.ENLARGED)
    assert picture.info["loop"] == 0
    seen = []
    for number in range(picture.n_frames):
        picture.seek(number)
        assert picture.info["duration"] == paths.MILLISECONDS
        seen.append(np.asarray(picture.convert("RGB")).mean())
    there = np.linspace(0, 250, count).astype(int)
    assert seen == pytest.approx([*there, *there[-2:0:-1]], abs=3)


def test_an_animation_keeps_its_colours() -> None:
    red, blue = np.zeros((2, 6, 6, 3), np.uint8)
    red[..., 0], blue[..., 2] = 200, 200
    picture = Image.open(io.BytesIO(paths.animation(np.stack([red, blue]))))
    for number, channel in enumerate((0, 2)):
        picture.seek(number)
        expected = np.zeros(3)
        expected[channel] = 200
        np.testing.assert_allclose(np.asarray(picture.convert("RGB")).mean(axis=(0, 1)), expected, atol=3)


def test_a_path_has_as_many_frames_as_vectors() -> None:
    assert len(Path("x", "t", np.arange(4.0), np.zeros((4, 2)))) == 4
