"""The farthest vectors of a study: of all that it has, whether all are shown or a sample."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from core.captions.bulk import FAR, about_the_farthest
from core.captions.components import FAR as FAR_VALUE
from core.captions.components import about_components
from core.captions.sampled import about_the_sample
from core.exhibits.bulk import farthest
from core.exhibits.components import histograms
from core.selection.rules import Unusual
from core.selection.selected import select
from core.space.farthest import farthest_rows, farthest_table
from core.space.inspection import inspect_vector
from core.space.shown import shown_of
from core.statistics import Description, describe
from core.statistics import description as describing_vectors
from core.study import Study, describing, index, open_study, sampling
from core.study import description as opening
from core.study.describing import describe_study
from core.study.index import build_index
from core.study.names import rows_called
from core.tables import component_table
from tests.helpers.scenes import assert_whole, scene_of, study_of

COUNT, DIMENSION, PLANTED = 60_000, 12, 50


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(COUNT, DIMENSION))
    direction = rng.normal(size=DIMENSION)
    places = np.linspace(0, COUNT - 1, PLANTED + 2).astype(np.intp)[1:-1]
    values[places] = 40 * direction / np.linalg.norm(direction) + 0.1 * rng.normal(size=(PLANTED, DIMENSION))
    return values.astype(np.float16)


PLACES = np.linspace(0, COUNT - 1, PLANTED + 2).astype(np.intp)[1:-1]
"""Rows of the planted cluster."""


@pytest.fixture(scope="module")
def written(vectors: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return study_of(vectors, tmp_path_factory.mktemp("planted") / "planted").folder


@pytest.fixture
def large(written: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Return the study with its planted rows as one that is too large to be shown whole, of which few are sampled."""
    for module in (describing_vectors, describing, sampling, opening, index):
        monkeypatch.setattr(module, "EXACT", 10_000)
    monkeypatch.setattr(sampling, "EACH_HALF", 1000)
    return open_study(written)


def test_the_sample_misses_planted_rows_and_the_summary_has_them_all(large: Study) -> None:
    described = describe_study(large)
    assert described.summary is not None
    assert np.isin(PLACES, shown_of(large).rows).sum() < PLANTED
    assert sorted(farthest_rows(described, PLANTED)) == list(PLACES)
    table = farthest_table(large, described, PLANTED + 5)
    assert (np.diff(table["distance"]) <= 0).all()
    assert set(table["row"][:PLANTED]) == set(PLACES)
    np.testing.assert_array_equal(table["image"], table["row"].astype(str))
    assert (table["radius"][:PLANTED] > 35).all()


def test_they_are_the_rows_that_a_rule_selects_and_that_their_names_lead_to(large: Study) -> None:
    chosen = select(Unusual(PLANTED, "distance"), large, describe_study(large))
    assert np.flatnonzero(chosen).tolist() == PLACES.tolist()
    assert rows_called(large, [str(row) for row in PLACES]).tolist() == PLACES.tolist()


def test_counts_beyond_the_edge_are_of_all_rows(large: Study, vectors: np.ndarray) -> None:
    described, exact = describe_study(large), describe_exactly(vectors)
    edge = FAR * float(np.quantile(exact.distances, 0.99))
    beyond = int((exact.distances > edge).sum())
    assert beyond >= PLANTED
    said = rf"Of all 60,000 vectors of Cells, {beyond:,} lie beyond the Mahalanobis distance {edge:.1f}"
    assert re.search(said, about_the_farthest(described).replace(large.title, "Cells"))
    assert f"Of all, {beyond:,} lie beyond" in about_the_sample(2000, described)
    assert_whole(farthest(scene_of(large)))


def test_values_far_from_their_means_are_counted_in_all_rows(large: Study, vectors: np.ndarray) -> None:
    scene, values = scene_of(large), vectors.astype(np.float64)
    mean, widths = values.mean(axis=0), values.std(axis=0, ddof=1)
    expected = ((values >= mean + FAR_VALUE * widths) | (values < mean - FAR_VALUE * widths)).sum(axis=0)
    np.testing.assert_array_equal(scene.described.histograms.beyond(FAR_VALUE), expected)
    assert expected.max() == PLANTED
    most = int(expected.argmax())
    said = about_components(scene.described, scene.sample, component_table(scene.described, scene.sample))
    assert f"Of all 720,000 values, {expected.sum():,} lie 6σ from their mean or farther, of z_{most} 50 of" in said
    assert_whole(histograms(scene, component_table(scene.described, scene.sample), [0, 1]))


@pytest.mark.parametrize("indexed", [False, True])
def test_the_nearest_of_a_planted_row_are_the_other_ones(large: Study, indexed: bool) -> None:
    described = describe_study(large)
    if indexed:
        build_index(large, described)
    found = inspect_vector(large, described, large.latents[PLACES[7]], neighbours=PLANTED).neighbours
    assert found["row"][0] == PLACES[7]
    assert set(found["row"]) == set(PLACES)


def describe_exactly(vectors: np.ndarray) -> Description:
    values = vectors.astype(np.float64)
    return describe(values, reference=describe(values))


def test_of_a_small_study_all_are_looked_at_too(tiny_study: Study, description: Description) -> None:
    rows = farthest_rows(description, 5)
    assert rows.tolist() == np.argsort(-description.distances, kind="stable")[:5].tolist()
    assert farthest_rows(description, 10**6).shape == (300,)


def test_of_equals_the_first_row_comes_first(tmp_path: Path) -> None:
    values = np.repeat(np.random.default_rng(0).normal(size=(40, 3)), 2, axis=0)
    rows = farthest_rows(describe(values), 80)
    assert (rows[::2] == rows[1::2] - 1).all()


def test_no_value_is_said_to_be_far_where_none_is(tiny_study: Study) -> None:
    scene = scene_of(tiny_study)
    said = about_components(scene.described, scene.sample, component_table(scene.described, scene.sample))
    assert "Of all 4,800 values, " in said
