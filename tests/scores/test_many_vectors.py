"""Scoreboards of more vectors than are held in memory: the sets stay on the disk, and the scores are the same."""

from __future__ import annotations

import numpy as np
import pytest

from core.parted import Chosen
from core.scores import copies, latent
from core.scores.board import Scorer
from core.scores.copies import ManyOriginals, Originals
from core.scores.entries import RECONSTRUCTIONS
from core.scores.latent import LatentReference
from core.strategies import Recipe
from core.study import Study, sets
from core.study.writing import write_vectors

COUNT, DIMENSION, SCORED = 6000, 5, 200


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(COUNT, DIMENSION)) * rng.gamma(4.0, size=(COUNT, 1)) + 3
    return write_vectors(vectors, tmp_path_factory.mktemp("many") / "many")


def many(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (copies, sets):
        monkeypatch.setattr(module, "EXACT", 500)


def test_a_board_reads_its_sets_where_they_lie_and_scores_the_same(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = (Recipe.of("mvn", {}), Recipe.of("local", {}), RECONSTRUCTIONS)
    held = Scorer(study, None, SCORED)
    expected = [held.score(entry, SCORED, 0) for entry in entries]
    many(monkeypatch)
    scorer = Scorer(study, None, SCORED)
    for part, same in zip(
        (scorer.fitted, scorer.reference, scorer.unseen), (held.fitted, held.reference, held.unseen), strict=True
    ):
        whole: object = part
        assert isinstance(whole, Chosen)
        np.testing.assert_array_equal(whole, same)
    assert isinstance(scorer.latent.originals, ManyOriginals)
    for entry, known in zip(entries, expected, strict=True):
        found = scorer.score(entry, SCORED, 0)
        assert found.keys() == known.keys()
        np.testing.assert_allclose(list(found.values()), list(known.values()), rtol=1e-5, err_msg=entry.text)


def test_gaps_of_many_originals_are_those_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    known, x = rng.normal(size=(1000, 6)), rng.normal(size=(90, 6))
    x[:10] = known[:10] + 1e-3
    few = Originals.of(known, known.mean(axis=0))
    many(monkeypatch)
    streamed = Originals.of(known, known.mean(axis=0))
    assert isinstance(streamed, ManyOriginals)
    gaps, copied = streamed.gaps_to(x)
    expected, copies = few.gaps_to(x)
    np.testing.assert_allclose(gaps, expected, rtol=1e-4)
    np.testing.assert_array_equal(copied, copies)
    assert copied[:10].all()
    assert streamed.usual_gap == pytest.approx(few.usual_gap, rel=0.05)


def test_of_several_originals_the_gaps_of_those_that_are_met_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    known, x = rng.normal(size=(1000, 6)), rng.normal(size=(90, 6))
    known[500:510] = known[:10]  # of twins each is the other's nearest
    x[:20] = known[:20] + 1e-3
    few = Originals.of(known, known.mean(axis=0))
    monkeypatch.setattr(copies, "SEVERAL", 900)
    lazy = Originals.of(known, known.mean(axis=0))
    assert isinstance(lazy, Originals)
    assert np.isnan(lazy.gaps).all()
    for part in (x[:50], x):
        for found, expected in zip(lazy.gaps_to(part), few.gaps_to(part), strict=True):
            np.testing.assert_array_equal(found, expected)
    met = ~np.isnan(lazy.gaps)
    assert 20 <= met.sum() <= len(x)
    np.testing.assert_allclose(lazy.gaps[met], few.gaps[met], rtol=1e-4, atol=1e-6)
    assert lazy.usual_gap == pytest.approx(few.usual_gap, rel=0.05)


def test_of_a_large_reference_some_stand_for_its_sorted_values(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(2).normal(size=(4000, 3))
    monkeypatch.setattr(latent, "SORTED", 1000)
    reference = LatentReference.of(vectors[:2000], vectors[2000:], 100)
    assert reference.components.shape == (3, 1000)
    assert reference.projections.shape == (latent.DIRECTIONS, 1000)
    assert (np.diff(reference.components, axis=1) >= 0).all()
