"""The index of a large study: made once, kept in plain files, measured, and looked at before it is used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.captions.sampled import about_the_search
from core.errors import InputError
from core.progress import Progress
from core.space.inspection import inspect_vector, nearest_vectors
from core.statistics import description as describing_vectors
from core.study import Study, describing, index, names, open_study, sampling
from core.study import description as opening
from core.study.describing import describe_study
from core.study.index import build_index, find_index, index_stamps
from core.study.names import index_names, names_at, rows_called
from core.study.writing import write_vectors

COUNT, DIMENSION = 6000, 6


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Return a study that counts as too large to be worked on at once, with ten vectors far out."""
    for module in (describing_vectors, describing, sampling, opening, index):
        monkeypatch.setattr(module, "EXACT", 1000)
    vectors = np.random.default_rng(0).normal(size=(COUNT, DIMENSION))
    vectors[600:610] += 40
    return write_vectors(vectors, tmp_path / "large")


def test_an_index_is_made_measured_and_found_again(large: Study) -> None:
    assert find_index(large) is None
    before, told = index_stamps(large), []
    made = build_index(large, describe_study(large), told.append)
    assert index_stamps(large) != before
    assert {path.name for path in (large.folder / "index").iterdir()} == {
        "centres.npy", "starts.npy", "rows.npy", "scales.npy", "codes.npy", "index.npz",
    }  # fmt: skip
    assert list(dict.fromkeys(one.task for one in told)) == [
        "learning where the lists lie", "sorting vectors into lists", "writing the lists", "measuring what it finds",
    ]  # fmt: skip
    assert all(0 <= one.share <= 1 for one in told)
    assert min(made.recall_of_own, made.recall_of_drawn) >= 0.95
    found = find_index(open_study(large.folder))
    assert found is not None
    assert (found.describe(), found.lists.probes) == (made.describe(), made.lists.probes)
    assert isinstance(found.lists.codes, np.memmap)
    assert f"{made.recall_of_own:.1%}" in about_the_search(COUNT, found)


def test_a_search_goes_through_it_and_reads_no_more(large: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    build_index(large, describe_study(large))
    far = large.latents[605].astype(float)
    expected = inspect_vector(large, describe_study(large), far, neighbours=10).neighbours
    assert sorted(expected["row"]) == list(range(600, 610))
    assert expected["row"][0] == 605
    assert expected["image"][0] == "605"

    def refuse(*_: object) -> None:
        raise AssertionError("all vectors are read")

    monkeypatch.setattr("core.space.inspection.nearest_exactly", refuse)
    rows, distances = nearest_vectors(large, large.latents[[3, 4000]], 2)
    assert rows[:, 0].tolist() == [3, 4000]
    assert distances[:, 0].tolist() == [0, 0]


def test_without_an_index_the_search_tells_how_far_it_is(large: Study) -> None:
    told: list[Progress] = []
    rows, _ = nearest_vectors(large, large.latents[:1], report=told.append)
    assert rows.tolist() == [[0]]
    assert (told[-1].done, told[-1].total, told[-1].task) == (COUNT, COUNT, "searching")


def test_an_inspection_without_neighbours_reads_no_vector(large: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    described = describe_study(large)
    monkeypatch.setattr("core.space.inspection.nearest_exactly", None)
    found = inspect_vector(large, described, np.ones(DIMENSION), neighbours=0)
    assert found.radius == pytest.approx(np.sqrt(DIMENSION))
    assert len(found.neighbours) == 0


@pytest.mark.parametrize("file", ["centres.npy", "starts.npy", "rows.npy", "scales.npy", "codes.npy", "index.npz"])
@pytest.mark.parametrize("damage", ["gone", "cut", "other"])
def test_a_damaged_index_is_no_index(large: Study, file: str, damage: str) -> None:
    build_index(large, describe_study(large))
    path = large.folder / "index" / file
    if damage == "gone":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data[:-40] if damage == "cut" else data)
    assert find_index(large) is None
    assert nearest_vectors(large, large.latents[:1])[0].tolist() == [[0]]


def test_an_index_of_other_vectors_is_no_index(large: Study, tmp_path: Path) -> None:
    build_index(large, describe_study(large))
    other = write_vectors(np.random.default_rng(1).normal(size=(COUNT, DIMENSION)), tmp_path / "other")
    (large.folder / "index").rename(other.folder / "index")
    assert find_index(other) is None


def test_a_public_server_makes_none(large: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    described = describe_study(large)
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    with pytest.raises(InputError, match="open to the public"):
        build_index(large, described)


def test_the_command_makes_it_and_says_what_it_finds(large: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "--study", str(large.folder)]) == 0
    assert "6,000 vectors indexed: 256 lists, of which a search reads" in capsys.readouterr().out
    assert find_index(large) is not None
    assert (large.folder / "names").is_dir()


def test_a_small_study_needs_none(tiny_study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "--study", str(tiny_study.folder)]) == 0
    assert "300 vectors are searched whole; only more than 250,000 are indexed" in capsys.readouterr().out


def test_rows_are_found_by_name_with_the_index_and_without(large: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ["17", "5999", "0", "6000", "no such"]
    assert rows_called(large, asked).tolist() == [0, 17, 5999]
    index_names(large)
    assert {path.name for path in (large.folder / "names").iterdir()} == {
        "hashes.npy", "rows.npy", "ends.npy", "letters.npy", "names.npz",
    }  # fmt: skip
    monkeypatch.setattr(type(large.rows), "batches", None)
    monkeypatch.setattr(type(large.rows), "take", None)
    assert rows_called(large, asked).tolist() == [0, 17, 5999]
    assert names_at(large, np.array([5999, 0, 17, 0])).tolist() == ["5999", "0", "17", "0"]
    assert rows_called(large, []).tolist() == []


def test_whatever_hash_two_names_share_the_name_decides(large: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_hash_of", len)
    index_names(large)
    assert rows_called(large, ["17"]).tolist() == [17]


def test_damaged_names_are_read_anew(large: Study) -> None:
    index_names(large)
    (large.folder / "names" / "rows.npy").write_bytes(b"x")
    assert rows_called(large, ["17"]).tolist() == [17]
    index_names(large)
    assert np.load(large.folder / "names" / "rows.npy").shape == (COUNT,)


def test_rows_of_a_small_study_are_found_by_name(tiny_study: Study) -> None:
    name = tiny_study.rows["image"][42]
    assert rows_called(tiny_study, [name]).tolist() == [42]
