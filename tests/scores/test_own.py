"""Vectors of anyone's sampler, judged beside the strategies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.scores import registry
from core.scores.board import Scorer, score_entries
from core.scores.entries import ENTRIES, HELD_OUT, RECONSTRUCTIONS, entries_of, entry_of, has_strategy, own_entry
from core.scores.own import read_own, samples_of, score_own
from core.scores.results import results
from core.scores.rows import read_scores, write_cells
from core.scores.table import board, ranked
from core.strategies import Recipe, stream
from core.study import Study

COUNT = 20


@pytest.fixture(scope="module")
def scorer(tiny_study: Study) -> Scorer:
    return Scorer(tiny_study, None, COUNT)


@pytest.fixture(scope="module")
def vectors(tiny_study: Study) -> np.ndarray:
    """Return more vectors than three samples have."""
    strategy = Recipe.of("mvn").make().fit(tiny_study.latents)
    return strategy.sample(3 * COUNT + 5, seed=1)


@pytest.fixture(scope="module")
def whole(scorer: Scorer, vectors: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the table of two reference rows and of somebody's vectors."""
    path = tmp_path_factory.mktemp("own") / "scores.csv"
    score_entries(scorer, (RECONSTRUCTIONS, Recipe.of("mvn")), path, COUNT, 2)
    score_own(scorer, "pythae-0.1", vectors, path, COUNT, seeds=5)
    return path


def test_a_row_is_found_again_by_its_name_and_is_no_strategy() -> None:
    entry = own_entry("pythae-0.1")
    assert (entry.key, entry.text, entry.stem) == ("own", "name=pythae-0.1", "own_name=pythae-0.1")
    assert entry_of(entry.key, entry.text) == entry
    assert not has_strategy(entry)
    assert all(has_strategy(one) for one in ENTRIES if one not in (RECONSTRUCTIONS, HELD_OUT))


@pytest.mark.parametrize("name", ["", "a,b", "a=b", "-a", "ä", "a b", "x" * 41, "<b>", "a\n"])
def test_a_name_that_could_not_stand_in_an_address_is_refused(name: str) -> None:
    for refuse in (lambda: own_entry(name), lambda: entry_of("own", f"name={name}")):
        with pytest.raises(InputError, match=r"^[^\n]+\.$"):
            refuse()


@pytest.mark.parametrize("text", ["", "mine", "scale=1", "name"])
def test_a_row_without_a_name_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"as name=NAME\.$"):
        entry_of("own", text)


@settings(deadline=None)
@given(st.integers(2, 40), st.integers(2, 12), st.integers(1, 6))
def test_samples_share_no_vector_and_come_in_order(total: int, count: int, seeds: int) -> None:
    vectors = np.arange(total)[:, None]
    samples = samples_of(vectors, count, seeds)
    together = np.concatenate(samples)[:, 0]
    np.testing.assert_array_equal(together, np.arange(len(together)))
    assert len(samples) == max(1, min(seeds, total // count))
    assert {len(sample) for sample in samples} == {min(count, total)}


def test_each_block_of_vectors_is_a_row_with_every_score_that_needs_no_law(
    scorer: Scorer, whole: Path, vectors: np.ndarray
) -> None:
    table = read_scores(whole)
    own = table[table["strategy"] == "own"]
    assert own["seed"].tolist() == [0, 1, 2]
    assert set(own["parameters"]) == {"name=pythae-0.1"}
    scores = scorer.judges.scores(own_entry("pythae-0.1"), COUNT)
    assert own[[column for score in scores for column in score.columns]].notna().all(axis=None)
    assert "log_likelihood" not in {score.key for score in scores}
    second = scorer.judge(vectors[COUNT : 2 * COUNT], scores)
    assert own.iloc[1][list(second)].to_dict() == pytest.approx(second)


def test_the_same_vectors_have_the_scores_of_the_strategy_that_they_are_of(scorer: Scorer, tmp_path: Path) -> None:
    strategy = scorer.fit(Recipe.of("gaussian"))
    vectors = strategy.sample(COUNT, stream(0, strategy))
    path = tmp_path / "scores.csv"
    score_entries(scorer, (Recipe.of("gaussian"),), path, COUNT, 1)
    table = score_own(scorer, "mine", vectors, path, COUNT)
    scores = [c for score in scorer.judges.scores(own_entry("mine"), COUNT) for c in score.columns]
    first, second = table[scores].to_numpy(float)
    np.testing.assert_allclose(first, second, rtol=1e-6)


def test_new_vectors_of_a_name_take_the_place_of_all_its_rows_and_of_no_others(
    scorer: Scorer, whole: Path, vectors: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / "scores.csv"
    path.write_bytes(whole.read_bytes())
    score_own(scorer, "other", vectors, path, COUNT, 1)
    before = read_scores(path)
    table = score_own(scorer, "pythae-0.1", vectors[:7], path, COUNT)
    assert table["parameters"].tolist() == [*before["parameters"].tolist()[:4], "name=other", "name=pythae-0.1"]
    assert table["count"].tolist() == [COUNT] * 5 + [7]
    pd.testing.assert_frame_equal(table[:4], before[:4])


def test_the_row_is_on_the_board_and_in_the_results_under_its_name(whole: Path) -> None:
    table = read_scores(whole)
    rows = board(table, "Cells")
    assert rows["name"].tolist()[-1] == "pythae-0.1"
    assert len(rows) == 3
    for score in registry.SCORES:
        assert len(ranked(rows, score)) == 3
    text = results("{{ boards }}", {"cells": table}, {"cells": "Cells"})
    assert "| pythae-0.1 |" in text


def test_what_is_missing_on_a_board_is_never_looked_for_among_brought_vectors(
    scorer: Scorer, tiny_study: Study, tmp_path: Path
) -> None:
    assert all(has_strategy(entry) or entry == RECONSTRUCTIONS for entry in entries_of(tiny_study))
    path = tmp_path / "scores.csv"
    write_cells(path, ("own", "name=mine", COUNT, 0), {"in_bulk": 0.5})
    table = score_entries(scorer, (own_entry("mine"),), path, COUNT, 1)
    assert "bring them again" in table["note"][0]


def damaged(kind: str) -> np.ndarray:
    """Return vectors that nobody can judge."""
    good = np.zeros((30, 16), np.float64)
    if kind == "dimension":
        return good[:, :15]
    if kind == "count":
        return good[:1]
    if kind == "shape":
        return good[0]
    if kind == "pickled":
        return good.astype(object)
    good[29, 3] = {"nan": np.nan, "infinite": np.inf, "huge": 1e300}[kind]
    return good


@pytest.mark.parametrize("kind", ["dimension", "count", "shape", "pickled", "nan", "infinite", "huge"])
@pytest.mark.parametrize("packed", [False, True])
def test_vectors_that_cannot_be_judged_are_refused_with_a_sentence(
    tiny_study: Study, tmp_path: Path, kind: str, packed: bool
) -> None:
    path = tmp_path / f"mine.{'npz' if packed else 'npy'}"
    if packed:
        np.savez(path, latents=damaged(kind))
    else:
        np.save(path, damaged(kind))
    with pytest.raises(InputError, match=r"mine\.np[yz] [^\n]+\.$"):
        read_own(path, tiny_study)


@pytest.mark.parametrize("name", ["nothing.npy", "vectors.csv", "vectors.pkl"])
def test_other_files_are_refused(tiny_study: Study, tmp_path: Path, name: str) -> None:
    if not name.startswith("nothing"):
        (tmp_path / name).write_text("0,1\n")
    with pytest.raises(InputError, match=r"^[^\n]+\.$"):
        read_own(tmp_path / name, tiny_study)


def test_a_file_of_the_command_sample_is_read_with_its_pictures_beside(tiny_study: Study, tmp_path: Path) -> None:
    latents = np.random.default_rng(0).standard_normal((12, 16)).astype(np.float32)
    np.savez_compressed(tmp_path / "mvn.npz", latents=latents, images=np.zeros((12, 4, 4, 3), np.uint8))
    np.testing.assert_array_equal(read_own(tmp_path / "mvn.npz", tiny_study), latents)
