"""Radii join a picture with words that name the same data."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.exhibits.exhibit import Exhibit
from core.exhibits.radii import cubes, distances, radii
from core.exhibits.scene import Scene
from tests.helpers.scenes import assert_whole, scene_of


@pytest.mark.parametrize("make", [radii, cubes, distances])
def test_picture_caption_and_alternative_text_name_the_data(scene: Scene, make: Callable[[Scene], Exhibit]) -> None:
    shown = make(scene)
    assert_whole(shown)
    for words in (shown.picture.to_json(), shown.caption, shown.alt):
        assert "Cells" in words


def test_a_sample_of_a_cube_is_marked_in_the_scan(scene: Scene) -> None:
    marked = cubes(scene_of(scene.study, "cube", scale=2.0)).picture
    assert "this cube, b" in marked.to_json()
    assert "this cube, b" not in cubes(scene).picture.to_json()


def test_tables_say_study_and_sample_in_their_names(scene: Scene) -> None:
    stems = [stem for stem, _ in radii(scene).tables.values()]
    assert stems == ["plate7_mvn_60_seed0_summary", "plate7_mvn_60_seed0_radii", "plate7_data_radii"]
