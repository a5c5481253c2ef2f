"""Copies as a network sees them: pictures of what was learned from are found, kept, and told from those of others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.networks import ConvolutionalAutoencoder
from core.scores import Score, pictured, registry
from core.scores.board import Scorer
from core.scores.pictured import Pictured, features_of_originals
from core.scores.spaces import see_expressions
from core.study import Study

COUNT = 60

OF_PICTURES: list[Score] = [score for score in registry.SCORES if score.key in ("copied_pictures", "nearer_pictures")]


@pytest.fixture
def scorer(tiny_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scorer:
    monkeypatch.setenv("ZPOINTS_CACHE", str(tmp_path / "cache"))
    return Scorer(tiny_study, None, COUNT)


def test_pictures_of_what_was_learned_are_copies_and_those_of_unseen_vectors_are_not(scorer: Scorer) -> None:
    copies = scorer.judge(scorer.fitted[:COUNT], OF_PICTURES)
    assert copies["copied_pictures"] == 1
    assert copies["nearer_pictures"] > 0.95
    unseen = scorer.judge(scorer.unseen[:COUNT], OF_PICTURES)
    assert unseen["copied_pictures"] < 0.8
    assert unseen["nearer_pictures"] == pytest.approx(0.5, abs=0.15)


def test_features_of_originals_are_kept_in_the_cache_under_what_they_are_of(
    scorer: Scorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study, autoencoder = scorer.study, scorer.autoencoder
    found = features_of_originals(study, autoencoder, scorer.fitted[:9])
    np.testing.assert_array_equal(found, see_expressions(autoencoder.decode(scorer.fitted[:9])))
    assert [path.name for path in (tmp_path / "cache").rglob("*.npz")] == [pictured.FILE]
    with monkeypatch.context() as patch:
        patch.setattr(ConvolutionalAutoencoder, "decode", lambda *_: pytest.fail("decoded in vain"))
        np.testing.assert_array_equal(features_of_originals(study, autoencoder, scorer.fitted[:9]), found)
    other = features_of_originals(study, autoencoder, scorer.fitted[9:18])
    assert not np.array_equal(other, found)


def test_of_many_originals_some_are_looked_at(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictured, "MOST", 20)
    everything = see_expressions(scorer.autoencoder.decode(scorer.fitted))
    some = features_of_originals(scorer.study, scorer.autoencoder, scorer.fitted)
    assert len(some) == 20
    assert {tuple(row) for row in some} <= {tuple(row) for row in everything}


def test_a_picture_is_as_far_from_the_originals_as_its_features_are() -> None:
    rng = np.random.default_rng(0)
    originals, unseen, x = (rng.normal(5, 1, (count, 128)).astype(np.float32) for count in (30, 20, 10))
    reference = Pictured.of(originals, unseen)
    expected = np.linalg.norm(x[:, None].astype(float) - originals[None], axis=2).min(axis=1)
    np.testing.assert_allclose(reference.originals.gaps_to(x)[0], expected, rtol=1e-4)
    usual = np.linalg.norm(unseen[:, None].astype(float) - originals[None], axis=2).min(axis=1)
    np.testing.assert_allclose(reference.usual, usual, rtol=1e-4)
