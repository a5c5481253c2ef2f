"""Scoring a study: rows, seeds, interruptions, what is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import InputError
from core.networks import AttributeConfig, TrainingConfig
from core.progress import Progress
from core.scores import Best, Need, Score, entries, judges, registry
from core.scores.board import ROUNDING, WITNESS, Scorer, has_gaps, score_entries
from core.scores.entries import HELD_OUT, RECONSTRUCTIONS, entries_of
from core.scores.judges import Judges
from core.scores.rows import BLANK, NOTE, RULES, TODAYS, read_scores
from core.strategies import Effort, Gaussian, Recipe
from core.study import Study
from core.study.attributes import StudyAttributes
from core.study.fits import mirrored
from core.study.sets import halves, sets_of
from tests.helpers.networks import random_network

COUNT = 60
FEW = (RECONSTRUCTIONS, Recipe.of("data"), Recipe.of("cube"), Recipe.of("mvn"))

OF_LAW = {"log_likelihood", "log_likelihood_gap"}
OF_NETWORK = {"frechet", "frechet_ratio", "diversity", "attribute_gap", "distance_attributes", "kernel_attributes"}
DISTANCES = {column for column in registry.measures() if column.startswith(("distance_", "kernel_"))}


@pytest.fixture(scope="module")
def attributes(tiny_study: Study) -> StudyAttributes:
    """Return an attribute network with random weights, and its statistics of what half B decodes to."""
    config = AttributeConfig(32, 3, tiny_study.attributes, (4, 8), 12)
    network = random_network(config, seed=4)
    half_b = tiny_study.latents[~halves(tiny_study.rows)]
    embeddings, probabilities = network.predict(tiny_study.load_autoencoder().decode(half_b))
    shares = (probabilities > 0.5).mean(axis=0)
    return StudyAttributes(
        network=network,
        names=tiny_study.attributes,
        training=TrainingConfig(),
        epochs=(),
        accuracies=shares,
        majority=shares,
        count=len(half_b),
        embedding_mean=embeddings.mean(axis=0, dtype=np.float64),
        embedding_covariance=np.cov(embeddings, rowvar=False, dtype=np.float64),
        shares=shares,
    )


@pytest.fixture(scope="module")
def scorer(tiny_study: Study, attributes: StudyAttributes) -> Scorer:
    return Scorer(tiny_study, attributes, COUNT)


@pytest.fixture(scope="module")
def whole(scorer: Scorer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the table of two seeds of each entry; a test writes to a copy."""
    path = tmp_path_factory.mktemp("board") / "scores.csv"
    score_entries(scorer, FEW, path, COUNT, 2)
    return path


def test_the_sets_of_a_study_are_what_is_learned_from_what_is_held_against_and_what_nobody_saw(
    tiny_study: Study, scorer: Scorer
) -> None:
    sets = sets_of(tiny_study.rows)
    for part, chosen in (
        (scorer.fitted, sets.fitted),
        (scorer.reference, sets.reference),
        (scorer.unseen, sets.unseen),
    ):
        np.testing.assert_array_equal(part, tiny_study.latents[chosen])
    fitted, tuning = ({tuple(row) for row in tiny_study.latents[part]} for part in (sets.fitted, sets.tuning))
    copies = {tuple(row) for row in scorer.fit(FEW[1]).sample(2000, seed=0).astype(tiny_study.latents.dtype)}
    assert copies == fitted
    assert not copies & tuning
    normal = scorer.fit(FEW[3])
    np.testing.assert_allclose(normal.axes_.mean, scorer.fitted.mean(axis=0, dtype=float), rtol=1e-6)


def test_real_vectors_score_at_the_floor_and_a_cube_does_not(scorer: Scorer) -> None:
    real, cube = (scorer.score(entry, COUNT, 0) for entry in (FEW[0], FEW[2]))
    assert set(real) == set(registry.measures()) - OF_LAW
    assert set(cube) == set(registry.measures())
    assert real["in_bulk"] > 0.9 > 0.5 > cube["in_bulk"]
    assert real["marginal_distance"] < cube["marginal_distance"]
    assert real["cycle_error"] < cube["cycle_error"]
    assert real["copied"] < 0.9  # of the other half, which are no copies
    assert real["nearer"] == pytest.approx(0.5, abs=0.2)


def test_the_data_are_exact_copies_of_what_was_learned(scorer: Scorer) -> None:
    copies = scorer.score(FEW[1], COUNT, 0)
    assert set(copies) == set(registry.measures()) - OF_LAW
    assert copies["copied"] == 1
    assert copies["nearer"] > 0.99
    assert copies["in_bulk"] > 0.9


def test_unseen_real_vectors_are_judged_by_their_vectors_and_by_their_images_and_never_against_themselves(
    scorer: Scorer,
) -> None:
    rows = [scorer.score(FEW[0], COUNT, seed) for seed in range(3)]
    for scores in rows:
        assert {"c2st", "copied", "nearer", "in_bulk", *DISTANCES} < set(scores)
        assert all(np.isfinite(scores[column]) for column in DISTANCES)
        assert min(value for column, value in scores.items() if column.startswith("distance_")) > 0
        assert scores["c2st"] == pytest.approx(0.5, abs=0.25)
        assert scores["frechet_ratio"] != pytest.approx(1, abs=1e-6)
        assert scores["diversity"] == pytest.approx(1, abs=0.3)
        assert 0 < scores["attribute_gap"] < 0.2
    assert len({scores["frechet_ratio"] for scores in rows}) == len(rows)


def test_rows_of_real_vectors_are_another_draw_for_each_seed_and_hold_none_of_the_reference(scorer: Scorer) -> None:
    everything = {tuple(row) for row in scorer.unseen.astype(np.float32)}
    others = {tuple(row) for part in (scorer.reference, scorer.fitted) for row in part.astype(np.float32)}
    draws = [{tuple(row) for row in scorer.real(COUNT, seed)} for seed in range(3)]
    for draw in draws:
        assert len(draw) == COUNT
        assert draw < everything
        assert not draw & others
    assert draws[0] != draws[1] != draws[2]
    np.testing.assert_array_equal(scorer.real(COUNT, 1), scorer.real(COUNT, 1))


def test_the_floor_of_the_copies_scatters_as_the_share_of_a_sample_does(scorer: Scorer) -> None:
    copied = [score for score in registry.SCORES if score.key == "copied"]
    found = [scorer.score(FEW[0], COUNT, seed, copied)["copied"] for seed in range(8)]
    share = np.mean(found)
    assert 0 < np.std(found, ddof=1) < 3 * np.sqrt(share * (1 - share) / COUNT)


def test_where_half_b_is_small_the_rows_still_have_as_many_vectors_as_they_say(tiny_study: Study) -> None:
    scorer = Scorer(tiny_study, None, 2000)
    assert len(scorer._decoded) == len(scorer.reference) < 2000
    assert {len(reference.features) for reference in scorer.spaces.values()} == {len(scorer.reference)}
    assert len(scorer.real(2000, 0)) == 2000


def test_what_a_strategy_that_trains_has_seen_in_a_mirror_counts_as_learned_too(
    scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = mirrored(scorer.study, scorer.fitted)
    assert seen is not None
    assert scorer.with_mirrored.vectors.shape == (2 * len(seen), scorer.study.dimension)
    monkeypatch.setattr(Gaussian, "_sample", lambda self, count, rng: seen[rng.permutation(len(seen))[:count]])
    asked = [score for score in registry.SCORES if score.key in ("copied", "nearer")]
    plain = scorer.score(Recipe.of("gaussian"), COUNT, 0, asked)
    monkeypatch.setattr(Gaussian, "effort", Effort.TRAINING)
    trained = scorer.score(Recipe.of("gaussian"), COUNT, 0, asked)
    assert trained["copied"] == 1 > plain["copied"]
    assert trained["nearer"] > 0.99 > plain["nearer"]


def test_the_same_seed_gives_the_same_scores_whatever_else_is_scored(
    tiny_study: Study, attributes: StudyAttributes, scorer: Scorer
) -> None:
    alone = Scorer(tiny_study, attributes, COUNT).score(FEW[3], COUNT, 4)
    scorer.score(FEW[2], COUNT, 4)
    assert scorer.score(FEW[3], COUNT, 4) == alone


def test_every_entry_can_be_scored(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judges, "detector_is_installed", lambda: False)
    for entry in entries_of(scorer.study):
        scores = scorer.score(entry, 20, 0)
        assert "faces" not in scores
        assert np.isfinite(scores["cycle_error"])


def test_rows_are_written_as_they_come_and_an_interruption_loses_nothing(
    scorer: Scorer, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scores.csv"
    calls: list[tuple[str, int]] = []
    score = Scorer.score

    def interrupted(self: Scorer, entry: Recipe, count: int, seed: int, scores: Sequence[Score]) -> dict[str, float]:
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append((entry.key, seed))
        return score(self, entry, count, seed, scores)

    monkeypatch.setattr(Scorer, "score", interrupted)
    with pytest.raises(KeyboardInterrupt):
        score_entries(scorer, FEW, path, COUNT, 2)
    before = pd.read_csv(path)
    assert list(before["strategy"]) == [RECONSTRUCTIONS.key, "data", "cube"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["scores.csv"]
    monkeypatch.setattr(Scorer, "score", score)
    steps: list[Progress] = []
    table = score_entries(scorer, FEW, path, COUNT, 2, steps.append)
    assert list(zip(table["strategy"], table["seed"], strict=True)) == [(e.key, s) for s in (0, 1) for e in FEW]
    assert steps[0] == Progress("scoring", 0, 8, "rows", RECONSTRUCTIONS.key)
    assert steps[-1] == Progress("scoring", 8, 8, "rows")
    pd.testing.assert_frame_equal(table, read_scores(whole), check_dtype=False, rtol=1e-12)
    assert (table[NOTE] == "").all()


def test_rows_are_computed_anew_only_on_request_and_stay_in_their_places(
    scorer: Scorer, whole: Path, tmp_path: Path
) -> None:
    path, first = tmp_path / "scores.csv", read_scores(whole)
    first.assign(cycle_error=-1.0, **{RULES: TODAYS}).to_csv(path, index=False)
    kept = score_entries(scorer, FEW[2:], path, COUNT, 2)
    assert (kept["cycle_error"] == -1).all()
    anew = score_entries(scorer, FEW[2:3], path, COUNT, 2, again=True)
    cube = anew["strategy"] == "cube"
    assert (anew.loc[~cube, "cycle_error"] == -1).all()
    pd.testing.assert_frame_equal(anew[cube], first[cube], check_exact=True, check_dtype=False)
    assert list(anew["strategy"]) == list(first["strategy"])


def test_rows_that_others_write_meanwhile_are_kept(
    scorer: Scorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scores.csv"
    score = Scorer.score

    def beside(self: Scorer, entry: Recipe, count: int, seed: int, scores: Sequence[Score]) -> dict[str, float]:
        monkeypatch.setattr(Scorer, "score", score)
        score_entries(scorer, FEW[3:], path, COUNT, 1)
        return score(self, entry, count, seed, scores)

    monkeypatch.setattr(Scorer, "score", beside)
    table = score_entries(scorer, FEW[2:3], path, COUNT, 1)
    assert list(table["strategy"]) == ["mvn", "cube"]


def test_gaps_are_rows_of_the_ladder_that_a_table_lacks(scorer: Scorer, tmp_path: Path) -> None:
    table = score_entries(scorer, FEW[2:3], tmp_path / "scores.csv", COUNT, 2)
    assert not has_gaps(table, FEW[2:3], scorer.judges, COUNT, 2)
    assert has_gaps(table, FEW[2:3], scorer.judges, COUNT, 3)
    assert has_gaps(table, FEW[2:], scorer.judges, COUNT, 2)
    assert has_gaps(table, FEW[2:3], scorer.judges, COUNT + 1, 2)


CENTRED = Score(
    key="centred",
    label="Centred",
    needs=Need.VECTORS,
    compute=lambda sample: float(np.linalg.norm(sample.moments.mean - sample.latent.moments.mean)),
    plain="how far out it lies",
    meaning="How far the mean lies from that of the data.",
    best=Best.LOWER,
    fixed="the fit, the unseen half",
)


def test_a_new_score_fills_its_column_in_rows_that_are_there_and_leaves_all_else(
    scorer: Scorer, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(whole, tmp_path))
    before = path.read_text()
    assert not has_gaps(read_scores(path), FEW, scorer.judges, COUNT, 2)
    monkeypatch.setattr(registry, "SCORES", (*registry.SCORES, CENTRED))
    assert has_gaps(read_scores(path), FEW, scorer.judges, COUNT, 2)
    monkeypatch.setattr(type(scorer.autoencoder), "decode_exactly", lambda *_: pytest.fail("decoded in vain"))
    table = score_entries(scorer, FEW, path, COUNT, 2)
    assert not has_gaps(table, FEW, scorer.judges, COUNT, 2)
    lines = path.read_text().splitlines()
    assert [line.rpartition(",")[0] for line in lines] == before.splitlines()  # to the last digit
    assert lines[0].endswith(",centred")
    filled = table.set_index("strategy")["centred"]
    assert (filled > 0).all()
    assert filled["cube"].min() > filled["mvn"].max()


def test_a_score_that_some_rows_have_no_value_of_is_asked_for_once_in_each(
    scorer: Scorer, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(whole, tmp_path))
    far = replace(CENTRED, compute=lambda sample: np.nan if sample.distances.mean() > 10 else CENTRED.compute(sample))
    monkeypatch.setattr(registry, "SCORES", (*registry.SCORES, far))
    score_entries(scorer, FEW[2:3], path, COUNT, 2)
    table = read_scores(path)
    assert table["centred"].isna().all()
    assert has_gaps(table, FEW, scorer.judges, COUNT, 2)
    table = score_entries(scorer, FEW, path, COUNT, 2).set_index("strategy")
    assert table["centred"].notna().tolist() == 2 * [True, True, False, True]
    assert table.loc["cube", BLANK].tolist() == 2 * ["log_likelihood; log_likelihood_gap; centred"]
    assert not has_gaps(read_scores(path), FEW, scorer.judges, COUNT, 2)
    before = path.read_text()
    monkeypatch.setattr(Scorer, "score", lambda *_: pytest.fail("scored in vain"))
    score_entries(scorer, FEW, path, COUNT, 2)
    assert path.read_text() == before


def test_a_row_whose_sample_cannot_be_drawn_again_is_scored_anew_as_a_whole(
    scorer: Scorer, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, first = tmp_path / "scores.csv", read_scores(whole).set_index(["strategy", "seed"])
    other = first.assign(in_bulk=-1.0, **{RULES: TODAYS})
    other.loc[("mvn", 0), WITNESS] *= 1 + 3 * ROUNDING
    other.loc[("mvn", 1), WITNESS] *= 1 + ROUNDING / 3
    other.loc[("cube", 0), WITNESS] = np.nan  # by which nobody can tell
    other.reset_index().to_csv(path, index=False)
    monkeypatch.setattr(registry, "SCORES", (*registry.SCORES, CENTRED))
    table = score_entries(scorer, FEW, path, COUNT, 2).set_index(["strategy", "seed"])
    assert table["centred"].notna().all()
    anew = table.index[table["in_bulk"] >= 0]
    assert list(anew) == [("mvn", 0)]
    pd.testing.assert_series_equal(table.loc[anew[0], first.columns], first.loc[anew[0]])


def test_a_score_that_cannot_be_had_stays_empty_and_is_no_gap_until_it_can(
    tiny_study: Study, scorer: Scorer, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scores.csv"
    bare = Scorer(tiny_study, None, COUNT)
    monkeypatch.setattr(judges, "detector_is_installed", lambda: False)
    table = score_entries(bare, FEW, path, COUNT, 1)
    missing = ["faces", "faces_low", "faces_high", *sorted(OF_NETWORK)]
    assert table[missing].isna().all(axis=None)
    assert table[[c for c in registry.measures() if c not in {*missing, *OF_LAW}]].notna().all(axis=None)
    assert table[sorted(OF_LAW)].notna().all(axis=1).tolist() == [entry.key == "mvn" for entry in FEW]
    assert (table[NOTE] == "").all()
    assert not has_gaps(table, FEW, bare.judges, COUNT, 1)
    monkeypatch.undo()
    assert has_gaps(table, FEW, bare.judges, COUNT, 1)
    assert has_gaps(table, FEW, scorer.judges, COUNT, 1)
    filled = score_entries(scorer, FEW, path, COUNT, 1)
    assert filled[missing].notna().all(axis=None)
    pd.testing.assert_frame_equal(filled, read_scores(whole)[: len(FEW)], check_dtype=False, rtol=1e-12)


def test_a_sample_too_small_for_a_score_is_no_gap(scorer: Scorer, tmp_path: Path) -> None:
    table = score_entries(scorer, FEW[2:3], tmp_path / "scores.csv", 20, 1)
    blank = {"c2st"} | OF_NETWORK | DISTANCES | OF_LAW  # no cube reaches all vectors
    assert {column for column in registry.measures() if table[column].isna().all()} == blank
    assert not has_gaps(table, FEW[2:3], scorer.judges, 20, 1)


def test_scores_are_those_that_the_judges_of_a_study_can_give(
    tiny_study: Study, scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Judges(tiny_study, network=False)
    assert not found.has(Need.NETWORK)
    assert scorer.judges.has(Need.NETWORK)
    for reference in FEW[:2]:  # which no law draws
        needs = {score.needs for score in found.scores(reference, COUNT)}
        assert needs == {Need.VECTORS, Need.IMAGES, Need.DETECTOR}
    monkeypatch.setattr(judges, "detector_is_installed", lambda: False)
    assert {score.needs for score in found.scores(FEW[2], COUNT)} == {Need.VECTORS, Need.LAW, Need.IMAGES}


def test_a_row_that_failed_is_no_gap(scorer: Scorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Gaussian, "_sample", lambda self, count, rng: np.full((count, self.dimension_), np.nan))
        table = score_entries(scorer, [Recipe.of("gaussian")], tmp_path / "scores.csv", COUNT, 1)
    assert not has_gaps(table, [Recipe.of("gaussian")], scorer.judges, COUNT, 1)
    kept = score_entries(scorer, [Recipe.of("gaussian")], tmp_path / "scores.csv", COUNT, 1)
    assert kept["c2st"].isna().all()
    anew = score_entries(scorer, [Recipe.of("gaussian")], tmp_path / "scores.csv", COUNT, 1, again=True)
    assert anew["c2st"].notna().all()
    assert list(anew[NOTE]) == [""]


def test_a_folder_that_cannot_be_written_to_is_said_before_the_work(
    scorer: Scorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(Scorer, "score", lambda *_: pytest.fail("scored in vain"))
    with pytest.raises(InputError, match=r"cannot be written to; name another file for the table\.$"):
        score_entries(scorer, FEW, tmp_path / "scores.csv", COUNT, 1)


def test_a_strategy_that_fails_leaves_a_sentence_and_the_rest_intact(
    scorer: Scorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Gaussian, "_sample", lambda self, count, rng: np.full((count, self.dimension_), np.nan))
    table = score_entries(scorer, [Recipe.of("gaussian"), Recipe.of("mvn")], tmp_path / "scores.csv", COUNT, 1)
    assert list(table[NOTE]) == ["The strategy yields vectors that hold NaN or infinity.", ""]
    assert table.loc[0, list(registry.measures())].isna().all()
    assert np.isfinite(table.loc[1, "c2st"])


def test_without_an_attribute_network_all_else_is_scored(tiny_study: Study) -> None:
    scores = Scorer(tiny_study, None, COUNT).score(Recipe.of("mvn"), COUNT, 0)
    assert set(registry.measures()) - set(scores) == OF_NETWORK


def test_held_out_images_are_those_that_no_autoencoder_saw_and_are_not_asked_whether_they_are_copies(
    tiny_study: Study, scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    partition, reference = tiny_study.rows["partition"], sets_of(tiny_study.rows).reference
    there = int(((partition == "validation") & ~reference).sum())
    mine = {tuple(row) for row in tiny_study.latents[(partition == "validation") & ~reference].astype(np.float32)}
    assert HELD_OUT not in entries_of(tiny_study)
    monkeypatch.setattr(entries, "FEWEST_HELD_OUT", there)
    assert HELD_OUT in entries_of(tiny_study)
    drawn = scorer.held_out(there, 0)
    assert {tuple(row) for row in drawn} == mine
    assert len(drawn) == len(mine) == there
    scores = scorer.score(HELD_OUT, there, 0)
    assert not {"copied", "nearer", "copied_pictures", "nearer_pictures", *OF_LAW} & set(scores)
    assert scores["in_bulk"] > 0.8
    with pytest.raises(InputError, match=rf"^There are {there} vectors of held-out images, not {there + 1}\.$"):
        scorer.score(HELD_OUT, there + 1, 0)


def test_a_study_of_one_half_is_refused_with_a_sentence(tiny_study: Study) -> None:
    rows = tiny_study.rows.assign(image=tiny_study.rows["image"].iloc[0])
    study = replace(tiny_study, rows=rows)
    with pytest.raises(InputError, match=r"^The study tiny has too few vectors to be scored; .*\.$"):
        Scorer(study, None)
