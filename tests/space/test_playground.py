"""The playground's arithmetic: what a step is, where a vector stands, which directions change a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.space.playground import GROUPS, gauges, knob_keys, moved, picture_changes, stand, step_of
from core.study import Study
from core.study.describing import describe_study
from core.study.writing import write_vectors


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Study:
    rng = np.random.default_rng(0)
    vectors = rng.normal(3, 1, (2000, 4)) * [3, 2, 1, 0.5]
    rows = pd.DataFrame({"image": [f"c{i}" for i in range(2000)], "round": vectors[:, 2] > 3})
    folder: Path = tmp_path_factory.mktemp("playground") / "cells"
    return write_vectors(vectors, folder, rows, title="Cells")


def test_one_step_along_any_axis_or_component_is_one_spread(cells: Study) -> None:
    described = describe_study(cells)
    for group, spread in (("axes", np.sqrt(described.axes.variances)), ("components", described.moments.widths)):
        steps = [step_of(cells, described, group, key) for key in knob_keys(cells, group)]
        np.testing.assert_allclose(np.linalg.norm(steps, axis=1), spread)
    first = moved(described.moments.mean, [(2.0, step_of(cells, described, "axes", "1"))])
    assert stand(described, first).distance == pytest.approx(2, rel=0.01)


def test_a_step_along_an_attribute_leads_from_those_without_it_to_those_with_it(cells: Study) -> None:
    described, has = describe_study(cells), cells.rows["round"].to_numpy(bool)
    assert knob_keys(cells, "attributes") == ["round"]
    step = step_of(cells, described, "attributes", "round")
    means = [cells.latents[part].mean(axis=0, dtype=float) for part in (~has, has)]
    np.testing.assert_allclose(moved(means[0], [(1.0, step)]), means[1], atol=1e-6)
    assert set(GROUPS) == {"axes", "attributes", "components"}


def test_the_middle_is_nearer_than_all_and_a_far_vector_outside(cells: Study) -> None:
    described = describe_study(cells)
    middle, far = stand(described, described.moments.mean), stand(described, described.moments.mean + 100)
    assert (middle.distance, middle.farther, middle.inside) == (pytest.approx(0), 1.0, True)
    assert (far.longer, far.farther, far.inside) == (0.0, 0.0, False)
    for found, place in ((middle, 0.0), (far, 1.0)):
        radius, distance = gauges(described, found)
        assert distance.place == pytest.approx(place)
        assert 0 < radius.band[0] < radius.band[1] < 1
        assert distance.band == (0.0, pytest.approx(found.edge / (1.5 * described.distances.max())))
    assert (described.distances <= far.edge).mean() == pytest.approx(0.99, abs=1e-3)


def test_the_directions_that_change_a_picture_are_found() -> None:
    weights = np.array([0.0, 5.0, 1.0])

    def decode(vectors: np.ndarray) -> np.ndarray:
        return np.rint(100 + vectors @ weights)[:, None, None, None].repeat(3, axis=3).astype(np.uint8)

    changes = picture_changes(decode, np.zeros(3), np.tile(np.eye(3), (15, 1)))
    np.testing.assert_allclose(changes, np.tile(4 * weights, 15))
