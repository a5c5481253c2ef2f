"""Components in pictures with their words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.exhibits.components import histograms
from core.exhibits.scene import Scene
from core.tables import ORDERS, component_table, ranked_components
from tests.helpers.scenes import assert_whole


@pytest.fixture(scope="module")
def table(scene: Scene) -> pd.DataFrame:
    return component_table(scene.described, scene.sample)


def test_components_have_words_and_tables(scene: Scene, table: pd.DataFrame) -> None:
    shown = histograms(scene, table, [3, 1])
    assert_whole(shown)
    assert shown.alt == "histograms of 2 components, Cells and Multivariate normal"
    assert [note.text for note in shown.picture.layout.annotations] == ["z<sub>3</sub>", "z<sub>1</sub>"]


@pytest.mark.parametrize("order", ORDERS)
def test_the_most_striking_components_come_first(table: pd.DataFrame, order: str) -> None:
    ranked = ranked_components(table, order)
    assert sorted(ranked) == list(range(len(table)))
    column = {"index": "component", "width": "standard_deviation"}.get(order, order)
    values = table[column].abs().to_numpy()[ranked]
    assert (np.diff(values) * (1 if order == "index" else -1) >= 0).all()
