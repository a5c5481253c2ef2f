"""Figures draw the numbers they are given, in the colours that every page keeps."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from PIL import Image

from core.figures import bulk, components, faces, radii, theme, training
from core.space.sample import Sample, draw_reference, draw_sample
from core.statistics import Description, cube_radius, describe, matched_half_width
from core.strategies import make_strategy
from core.study import Study
from core.study.describing import describe_study
from core.tables import component_table, history_table
from tests.helpers.dotted import dots_of
from tests.helpers.ladder import AT_ONCE
from tests.helpers.odd_vectors import ODD, sample_of


@pytest.fixture(scope="module")
def study(tiny_study: Study) -> Description:
    return describe_study(tiny_study)


def drawn(tiny_study: Study, key: str, count: int = 300, **parameters) -> Sample:
    return draw_sample(tiny_study, describe_study(tiny_study), make_strategy(key, parameters), count, 0)


def area(trace) -> float:
    """Return the integral of a step line."""
    return float(np.sum(np.diff(trace.x) * np.asarray(trace.y)[:-1]))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_sheet_has_every_face_in_its_square_and_no_more_bytes_than_asked(channels: int) -> None:
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 256, 70)
    images = np.broadcast_to(levels[:, None, None, None], (70, 96, 80, channels)).astype(np.uint8)
    picture = np.asarray(Image.open(io.BytesIO(faces.sheet(images, 10**6))))
    side = faces.SHEET_SIDE
    assert picture.shape == (3 * side, faces.SHEET_COLUMNS * side, 3)
    for number, level in enumerate(levels):
        row, column = divmod(number, faces.SHEET_COLUMNS)
        middle = picture[row * side + side // 2, column * side + side // 2]
        np.testing.assert_allclose(middle.astype(int), level, atol=6)
    noise = rng.integers(0, 256, (600, 40, 40, 3)).astype(np.uint8)
    assert len(faces.sheet(noise, 550 * 600)) <= 550 * 600


def test_a_wall_has_every_face_in_its_place() -> None:
    images = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8) * 50
    picture = np.asarray(Image.open(io.BytesIO(faces.wall(images, 3, "PNG"))))
    step = (8 + faces.GAP) * faces.SCALE
    for i in range(5):
        inside = picture[i // 3 * step + 4 : i // 3 * step + 12, i % 3 * step + 4 : i % 3 * step + 12]
        assert (inside == [i * 50, i * 50, i * 50, 255]).all()
    assert (picture[step + 4 : step + 12, 2 * step + 4 : 2 * step + 12, 3] == 0).all()


def test_a_grey_image_is_drawn_grey() -> None:
    picture = np.asarray(Image.open(io.BytesIO(faces.wall(np.full((1, 6, 6, 1), 99, np.uint8), 1, "PNG"))))
    assert (picture == [99, 99, 99, 255]).all()


def test_the_same_faces_give_the_same_picture() -> None:
    images = np.random.default_rng(0).integers(0, 256, (7, 9, 9, 3), dtype=np.uint8)
    assert faces.wall(images, 3) == faces.wall(images.copy(), 3)


@pytest.mark.parametrize("strategy", AT_ONCE, ids=lambda s: s.key)
def test_radius_densities_have_area_one_and_keep_their_colours(
    tiny_study: Study, study: Description, strategy: type
) -> None:
    sample = drawn(tiny_study, strategy.key)
    for chart in (radii.radius_histogram(study, sample), radii.distance_histogram(study, sample)):
        densities = [t for t in chart.data if t.fill == "tozeroy"]
        assert [t.line.color for t in densities] == [theme.DATA, theme.SAMPLE]
        for trace in densities:
            assert area(trace) == pytest.approx(1, abs=1e-6)


def test_theory_is_drawn_where_it_is_known(tiny_study: Study, study: Description) -> None:
    with_theory = radii.radius_histogram(study, drawn(tiny_study, "cube"))
    without = radii.radius_histogram(study, drawn(tiny_study, "data"))
    named, theirs = ([t.name for t in chart.data if t.name] for chart in (with_theory, without))
    assert named == ["CelebA", "Cube", "calculated for Cube"]
    assert theirs == ["CelebA", "CelebA, other vectors"]


def test_the_scan_of_cubes_passes_through_the_four_of_post_v(study: Description) -> None:
    chart = radii.cube_bands(study, 3 * study.mean_radius)
    match = matched_half_width(study.mean_radius, study.dimension)
    marks = next(t for t in chart.data if t.name == "four cubes of the blog series (post V)")
    np.testing.assert_allclose(marks.x, match * np.array([2 / 3, 1, 4 / 3, 10 / 3]))
    np.testing.assert_allclose(marks.y, [cube_radius(b, study.dimension)[0] for b in marks.x])
    texts = [a.text for a in chart.layout.annotations]
    assert f"b* = {match:.2f}: as long as the data" in texts
    assert any(t.startswith("this cube") for t in texts)


def test_a_cube_at_the_match_is_marked_once(study: Description) -> None:
    match = matched_half_width(study.mean_radius, study.dimension)
    assert len(radii.cube_bands(study, match).layout.annotations) == 1


def test_component_histograms_are_densities_on_the_edges_of_the_core(tiny_study: Study, study: Description) -> None:
    sample = drawn(tiny_study, "gaussian")
    chart = components.component_histograms(study, {"Gaussian": sample.description}, [2, 7, 11])
    densities = [t for t in chart.data if t.fill == "tozeroy"]
    assert len(densities) == 6
    for trace in densities:
        assert area(trace) == pytest.approx(1)
    assert [a.text for a in chart.layout.annotations] == ["z<sub>2</sub>", "z<sub>7</sub>", "z<sub>11</sub>"]


def test_a_constant_component_is_drawn_without_a_normal() -> None:
    vectors = np.random.default_rng(0).normal(size=(50, 3))
    vectors[:, 1] = 4.0
    description = describe(vectors)
    chart = components.component_histograms(description, {"Gaussian": describe(vectors, description)}, [0, 1])
    assert sum(t.name == "normal fitted to the data" for t in chart.data) == 1


def test_means_and_widths_stand_against_the_component_index(tiny_study: Study, study: Description) -> None:
    table = component_table(study, drawn(tiny_study, "cube"))
    chart = components.means_and_widths(table, "CelebA", "Cube")
    means, spreads = dots_of(chart.data[0]), dots_of(chart.data[3])
    np.testing.assert_array_equal(means.y, table["mean"])
    np.testing.assert_array_equal(spreads.y, table["sample_standard_deviation"])
    for dots in (means, spreads):
        np.testing.assert_array_equal(dots.told, table["component"])
        np.testing.assert_allclose(dots.x, table["component"])


def test_never_more_than_twenty_thousand_points_go_to_the_browser(tiny_study: Study, study: Description) -> None:
    sample = drawn(tiny_study, "mvn", 10_000)
    reference = draw_reference(tiny_study, study, 10_000, 0)
    charts = [
        radii.radius_histogram(study, sample),
        radii.distance_histogram(study, sample),
        components.component_histograms(study, {"x": sample.description}, range(16)),
        bulk.spectrum(study, {"x": sample.description.moments.variances}),
    ]
    assert max(sum(len(t.x) for t in chart.data) for chart in charts) <= 20_000
    assert len(reference) + len(sample) <= 20_000


def test_the_loss_curve_is_the_history(tiny_study: Study) -> None:
    table = history_table(tiny_study)
    chart = training.loss_curve(table)
    np.testing.assert_array_equal(chart.data[1].y, table["validation_loss"])


def error_histograms(rows: pd.DataFrame) -> list[go.Scatter]:
    """What is seen of them: the rest is there to be brushed."""
    return [trace for trace in training.error_histogram(rows).data if trace.name]


def test_error_histograms_are_drawn_per_partition(tiny_study: Study) -> None:
    assert {t.name for t in error_histograms(tiny_study.rows)} == set(tiny_study.rows["partition"])


def test_error_densities_count_what_lies_beyond_the_last_bin(tiny_study: Study) -> None:
    rows = tiny_study.rows.assign(partition="train", reconstruction_error=np.linspace(0.001, 0.1, len(tiny_study)))
    (trace,) = error_histograms(rows)
    assert area(trace) == pytest.approx(1 - 1 / len(tiny_study))


def test_a_partition_that_holds_nothing_but_the_largest_error_is_drawn_empty() -> None:
    rows = pd.DataFrame({"partition": ["train"] * 9 + [""], "reconstruction_error": [0.01] * 9 + [0.5]})
    densities = {trace.name: np.asarray(trace.y) for trace in error_histograms(rows)}
    assert set(densities) == {"train", "no partition"}
    assert not densities["no partition"].any()
    assert densities["train"].any()


def test_errors_that_are_all_zero_are_drawn() -> None:
    (trace,) = error_histograms(pd.DataFrame({"partition": "", "reconstruction_error": np.zeros(5)}))
    assert np.isfinite(np.asarray(trace.y)).all()
    assert area(trace) == pytest.approx(1)


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("count", [20, 1])
def test_every_odd_study_can_be_drawn(kind: str, count: int) -> None:
    vectors = ODD[kind]
    described = describe(vectors)
    sample = sample_of(described, vectors, count=count)
    chosen = range(min(3, described.dimension))
    charts = [
        radii.radius_histogram(described, sample),
        radii.distance_histogram(described, sample),
        radii.cube_bands(described, 1.0),
        components.component_histograms(described, {"Gaussian": sample.description}, chosen),
        components.means_and_widths(component_table(described, sample), "the data", "Gaussian"),
        bulk.spectrum(described, {"Gaussian": described.axes.variances_of(sample.description.moments.covariance)}),
    ]
    for chart in charts:
        assert len(chart.data) >= 2
        assert chart.to_json()
