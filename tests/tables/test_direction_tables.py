"""Pairs of components, principal axes, planes and spaces in numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.space.planes import make_plane
from core.space.sample import Sample
from core.statistics import Description, describe
from core.study import Study
from core.tables import axis_table, correlation_table, ellipse_table, pair_table, plane_table, space_table
from tests.helpers.odd_vectors import ODD, sample_of
from tests.helpers.planes import plane_of


def test_each_pair_of_components_has_one_pearson_coefficient(
    description: Description, sample: Sample, latents: np.ndarray
) -> None:
    table = correlation_table(description.moments, sample.description.moments)
    assert len(table) == 16 * 15 / 2
    assert (table["component"] < table["other"]).all()
    assert not table.duplicated(["component", "other"]).any()
    one, other = (np.corrcoef(x, rowvar=False) for x in (latents, sample.vectors.astype(float)))
    pairs = table["component"].to_numpy(), table["other"].to_numpy()
    np.testing.assert_allclose(table["pearson"], one[pairs], atol=1e-12)
    np.testing.assert_allclose(table["sample_pearson"], other[pairs], atol=1e-12)
    pd.testing.assert_frame_equal(table.iloc[:, :3], correlation_table(description.moments))


def test_axes_stand_with_their_share_and_their_entries(description: Description) -> None:
    table = axis_table(description)
    assert list(table["axis"]) == list(range(1, 17))
    assert table["share"].sum() == pytest.approx(1)
    np.testing.assert_allclose(table["share"].cumsum(), table["cumulative_share"])
    entries = table[[f"z_{j}" for j in range(16)]].to_numpy()
    np.testing.assert_allclose(entries @ entries.T, np.eye(16), atol=1e-9)
    np.testing.assert_allclose(table["mean_along"] @ entries, description.moments.mean, atol=1e-9)


def test_axes_of_vectors_that_are_all_the_same_have_no_share() -> None:
    table = axis_table(describe(np.full((5, 3), 2.0)))
    assert (table["share"] == 0).all()
    assert np.isfinite(table.to_numpy(float)).all()


def test_the_strongest_pairs_come_first_with_both_coefficients(
    tiny_study: Study, description: Description, sample: Sample, latents: np.ndarray
) -> None:
    table = pair_table(tiny_study.latents, description.moments, sample.description.moments)
    assert list(table.columns) == ["component", "other", "pearson", "spearman", "sample_pearson"]
    assert len(table) == 20
    pearson = np.abs(np.corrcoef(latents, rowvar=False))[np.triu_indices(16, 1)]
    np.testing.assert_allclose(table["pearson"].abs(), np.sort(pearson)[:-21:-1], rtol=1e-6)
    theirs = np.corrcoef(sample.vectors.astype(float), rowvar=False)
    for row in table.itertuples():
        x, y = latents[:, [row.component, row.other]].T
        assert row.component < row.other
        assert row.pearson == pytest.approx(stats.pearsonr(x, y).statistic)
        assert row.spearman == pytest.approx(stats.spearmanr(x, y).statistic)
        assert row.sample_pearson == pytest.approx(theirs[row.component, row.other])


def test_a_plane_is_written_point_by_point(tiny_study: Study) -> None:
    plane = plane_of(tiny_study)
    table = plane_table(plane)
    assert list(table.columns) == ["set", "vector", "axis_1", "axis_2"]
    assert table["set"].value_counts().to_dict() == {"CelebA": 30, "Gaussian": 20, "origin": 1, "centre of CelebA": 1}
    drawn = table[table["set"] == "Gaussian"]
    assert list(drawn["vector"]) == list(range(20))
    np.testing.assert_array_equal(drawn[["axis_1", "axis_2"]], plane.points["Gaussian"])


@pytest.mark.parametrize("kind", ["bool", "number", "none"])
def test_a_space_is_written_point_by_point_with_what_colours_it(kind: str) -> None:
    points, drawn = np.arange(12.0).reshape(4, 3), np.arange(6.0).reshape(2, 3)
    images = pd.Series(["a.jpg", "b.jpg", "c.jpg", "d.jpg"], index=[7, 3, 9, 1])
    values = {"bool": np.array([True, False, True, True]), "number": np.linspace(0, 1, 4), "none": None}[kind]
    table = space_table(images, points, values, {"Cube": drawn})
    assert list(table["set"]) == ["data"] * 4 + ["Cube"] * 2
    assert list(table["vector"]) == ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "0", "1"]
    np.testing.assert_array_equal(table[["across", "up", "deep"]], np.concatenate([points, drawn]))
    assert ("colour" in table) == (values is not None)
    if values is not None:
        assert list(table["colour"][:4]) == list(values)
        assert table["colour"][4:].isna().all()


def test_ellipses_hold_the_shares_that_a_plane_counts(tiny_study: Study) -> None:
    planes = [plane_of(tiny_study), plane_of(tiny_study, directions=(("component", 3), ("axis", 1)))]
    table = ellipse_table(planes)
    assert list(table["distance"]) == [1, 2, 3, 4, 1, 2, 3, 4]
    np.testing.assert_allclose(table["normal"][:4], stats.chi2.cdf([1, 4, 9, 16], 2))
    assert list(table["across"])[3:5] == ["principal axis 1", "component z<sub>3</sub>"]
    for rows, plane in zip((table[:4], table[4:]), planes, strict=True):
        whiten = np.linalg.inv(np.linalg.cholesky(plane.covariance))
        for column, points in (("data", plane.bulk), ("sample", plane.points["Gaussian"])):
            lengths = np.linalg.norm((points - plane.mean) @ whiten.T, axis=1)
            np.testing.assert_allclose(rows[column], [(lengths <= k).mean() for k in (1, 2, 3, 4)])


@pytest.mark.parametrize("kind", ODD)
def test_every_odd_study_has_tables_of_its_directions(kind: str) -> None:
    vectors = ODD[kind]
    described = describe(vectors)
    sample = sample_of(described, vectors)
    pairs = correlation_table(described.moments, sample.description.moments)
    assert len(pairs) == described.dimension * (described.dimension - 1) // 2
    assert np.isfinite(pair_table(vectors, described.moments, sample.description.moments).to_numpy(float)).all()
    assert np.isfinite(axis_table(described).to_numpy(float)).all()
    for kind_of in ("axis", "component"):
        if described.dimension > 1:
            directions = ((kind_of, 0), (kind_of, described.dimension - 1))
            plane = make_plane(described, described.axes.along(vectors, directions), [sample], directions)
            shares = ellipse_table([plane])[["data", "sample"]].to_numpy()
            assert ((shares >= 0) & (shares <= 1)).all()
