"""Studies of more vectors than are worked on at once: summarised once, kept in files, and sampled by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.space.shown import shown_of
from core.statistics import description as describing_vectors
from core.study import Study, describing, sampling, summaries
from core.study import description as opening
from core.study.describing import describe_study
from core.study.sampling import sample_rows, sampled_rows
from core.study.sets import halves
from core.study.writing import write_vectors

COUNT = 3000


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Return a study that counts as too large to be worked on at once, with three vectors far out."""
    for module in (describing_vectors, describing, sampling, opening):
        monkeypatch.setattr(module, "EXACT", 1000)
    monkeypatch.setattr(sampling, "EACH_HALF", 200)
    vectors = np.random.default_rng(0).normal(size=(COUNT, 6))
    vectors[[5, 500, 2500]] += 40
    return write_vectors(vectors, tmp_path / "large", title="Large")


def same(one: Study, other: Study) -> bool:
    first, second = describe_study(one), describe_study(other)
    return np.array_equal(first.radii, second.radii) and np.array_equal(
        first.histograms.counts, second.histograms.counts
    )


def test_the_summary_is_made_once_and_opened_memory_mapped(large: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    made = describe_study(large)
    assert made.summary is not None
    assert sorted(path.name for path in (large.folder / "summary").iterdir()) == [
        "distances.npy", "ordered_distances.npy", "ordered_radii.npy", "radii.npy", "summary.npz",
    ]  # fmt: skip
    monkeypatch.setattr(describing, "describe", None)
    found = describe_study(large)
    assert found.title == "Large"
    assert isinstance(found.distances, np.memmap)
    assert found.summary is not None
    np.testing.assert_array_equal(found.distances, made.distances)
    np.testing.assert_array_equal(found.summary.lattice.counts, made.summary.lattice.counts)
    assert found.distance_quantiles(0.99) == made.distance_quantiles(0.99)
    assert (found.distances > 10).sum() == 3


@pytest.mark.parametrize("file", ["summary.npz", "radii.npy", "ordered_distances.npy"])
@pytest.mark.parametrize("damage", ["cut", "altered", "gone"])
def test_a_damaged_summary_is_made_anew(large: Study, file: str, damage: str) -> None:
    described = describe_study(large)
    path = large.folder / "summary" / file
    content = bytearray(path.read_bytes())
    if damage == "gone":
        path.unlink()
    else:
        content[-9] ^= 0xFF
        path.write_bytes(content[:-10] if damage == "cut" else content)
    assert summaries.find_summary(large) is None
    again = describe_study(large)
    np.testing.assert_array_equal(again.radii, described.radii)
    assert summaries.find_summary(large) is not None


def test_a_visitor_keeps_it_in_the_cache_and_a_public_server_nowhere(
    large: Study, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(large, "shipped", True)
    describe_study(large)
    assert not (large.folder / "summary").exists()
    assert (cache / large.vectors_digest / "summary" / "summary.npz").is_file()
    (cache / large.vectors_digest / "summary" / "summary.npz").unlink()
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    assert describe_study(large).summary is not None
    assert summaries.find_summary(large) is None


def test_a_study_that_is_small_enough_is_shown_whole(large: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "EXACT", COUNT)
    assert sampled_rows(large) is None
    shown = shown_of(large)
    assert len(shown) == shown.total == COUNT
    np.testing.assert_array_equal(shown.of_study(np.array([3, 1])), [3, 1])
    described = describe_study(large)
    assert shown.described(described) is described


def test_a_large_one_is_shown_by_a_sample_of_both_halves_that_is_always_the_same(large: Study) -> None:
    rows = sampled_rows(large)
    assert rows is not None
    assert len(rows) == len(set(rows)) == 400
    assert halves(large.rows)[rows].sum() == 200
    np.testing.assert_array_equal(sampled_rows(large), rows)
    shown = shown_of(large)
    np.testing.assert_array_equal(shown.vectors, large.latents[rows])
    np.testing.assert_array_equal(shown.of_study(np.array([7])), rows[[7]])
    described = describe_study(large)
    few = shown.described(described)
    np.testing.assert_allclose(few.radii, described.radii[rows])
    assert few.summary is None


def test_a_sample_is_uniform_and_that_of_a_union_is_made_of_those_of_its_parts() -> None:
    rows = pd.DataFrame({"image": [f"{i}.jpg" for i in range(20_000)]})
    whole = sample_rows(rows, 500)
    assert np.histogram(whole, 4, (0, 20_000))[0] == pytest.approx(250, abs=60)
    parts = [rows.iloc[:8000], rows.iloc[8000:]]
    kept = pd.concat([part.iloc[sample_rows(part, 500)] for part in parts])
    again = kept.iloc[sample_rows(kept, 500)]
    assert list(again["image"]) == list(rows["image"].iloc[whole])
