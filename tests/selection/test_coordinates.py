"""Coordinates that rules ask for, kept: the same selection, the vectors read once, and no more bytes than allowed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.selection import parse, select
from core.selection.coordinates import coordinates_of
from core.space.frames import Frame
from core.space.quantities import Direction
from core.statistics import Description
from core.study import Study, coordinates
from core.study.clouds import FIRST, count_cloud
from core.study.describing import describe_study
from tests.selection.conftest import COUNT, known_study

PLANE: tuple[Direction, ...] = (("axis", 0), ("difference(won)", 0))


@pytest.fixture
def own(tmp_path: Path) -> tuple[Study, Description]:
    study = known_study(tmp_path / "own")
    return study, describe_study(study)


def test_a_rule_chooses_the_same_by_kept_coordinates_which_are_computed_once(
    own: tuple[Study, Description], monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = parse("polygon(axis1, difference(won): -1 -1, 2 -1, 2 2, -1 2) or component3 1..")
    wanted = select(rule, *own)
    assert 0 < wanted.sum() < COUNT
    for _ in range(2):
        found = select(rule, *own, lambda directions: coordinates_of(*own, directions))
        np.testing.assert_array_equal(found, wanted)
        monkeypatch.setattr(Frame, "blocks", lambda *_: pytest.fail("read the vectors again"))
    with pytest.raises(BaseException, match="read the vectors again"):
        coordinates_of(*own, [("axis", 1)])


def test_damaged_coordinates_are_computed_anew(own: tuple[Study, Description]) -> None:
    wanted = [one.copy() for one in coordinates_of(*own, PLANE)]
    for path in (own[0].folder / "coordinates").iterdir():
        content = bytearray(path.read_bytes())
        content[-9] ^= 0xFF
        path.write_bytes(content)
    for one, other in zip(coordinates_of(*own, PLANE), wanted, strict=True):
        np.testing.assert_allclose(one, other)


def test_what_was_used_longest_ago_gives_way(own: tuple[Study, Description], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coordinates, "BUDGET", 3 * 8 * COUNT + 500)
    folder = own[0].folder / "coordinates"
    for number in range(5):
        coordinates_of(*own, [("component", number)])
    assert len(list(folder.glob("*.npy"))) <= 3
    assert {path.stem for path in folder.glob("*.npy")} == {path.stem for path in folder.glob("*.npz")}


def test_a_public_server_keeps_none(own: tuple[Study, Description], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    values = coordinates_of(*own, PLANE)
    assert [one.shape for one in values] == [(COUNT,)] * 2
    assert not (own[0].folder / "coordinates").exists()


def test_the_coordinates_of_a_plane_that_was_counted_are_at_hand(
    own: tuple[Study, Description], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = own[1].axes.along(own[0].latents, FIRST)
    counted = count_cloud(*own, FIRST)
    assert counted.total == COUNT
    monkeypatch.setattr(Frame, "blocks", lambda *_: pytest.fail("read the vectors again"))
    for one, other in zip(coordinates_of(*own, FIRST), wanted.T, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_a_full_disk_on_the_way_costs_what_was_to_be_kept_alone(
    own: tuple[Study, Description], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(coordinates, "_open", lambda *_: [full, full])
    found = coordinates_of(*own, PLANE)
    monkeypatch.undo()
    assert coordinates.find_coordinates(own[0], PLANE[0]) is None
    for one, other in zip(coordinates_of(*own, PLANE), found, strict=True):
        np.testing.assert_allclose(one, other)


def test_one_who_stops_on_the_way_keeps_nothing(own: tuple[Study, Description]) -> None:
    blocks = coordinates.keeping(own[0], [("axis", 0)], iter([np.zeros((COUNT // 2, 1))] * 2))
    next(blocks)
    blocks.close()
    assert list((own[0].folder / "coordinates").iterdir()) == []
