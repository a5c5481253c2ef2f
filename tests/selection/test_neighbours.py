"""Neighbours of what is looked at are rules, by name where a vector has one of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import InputError
from core.selection import as_text, from_address, from_json, select, to_address, to_json
from core.selection.neighbours import near_a_path, near_to
from core.selection.rules import AnyOf, Near
from core.statistics import Description
from core.study import Study
from core.study.describing import describe_study
from core.study.writing import write_vectors


def nearest(study: Study, vector: np.ndarray, count: int) -> np.ndarray:
    far = np.square(study.latents.astype(np.float64) - vector).sum(axis=1)
    chosen = np.zeros(len(study), bool)
    chosen[np.argsort(far, kind="stable")[:count]] = True
    return chosen


def test_a_row_is_named_by_its_image_and_any_other_vector_by_itself(study: Study, description: Description) -> None:
    assert as_text(near_to(study, 9, study.latents[7], 7)) == 'near("picture 7.jpg", 9)'
    vector = np.linspace(-1, 1, study.dimension) / 3
    rule = near_to(study, 12, vector)
    assert rule.image is None
    assert np.abs(np.array(rule.vector) - vector).max() < 1e-4
    assert (select(rule, study, description) == nearest(study, vector, 12)).all()


def test_a_row_whose_name_is_anothers_is_told_by_its_vector(tmp_path: Path) -> None:
    vectors = np.random.default_rng(0).normal(size=(40, 3))
    study = write_vectors(vectors, tmp_path / "twins", pd.DataFrame({"image": ["a.jpg"] * 2 + ["b.jpg"] * 38}))
    assert near_to(study, 1, study.latents[0], 0) == Near(1, image="a.jpg")
    other = near_to(study, 1, study.latents[1], 1)
    assert other.image is None
    assert list(np.flatnonzero(select(other, study, describe_study(study)))) == [1]


def test_vectors_near_a_path_are_those_nearest_to_any_of_its_frames(study: Study, description: Description) -> None:
    frames = np.linspace(-1, 1, 5)[:, None] * np.ones(study.dimension)
    rule = near_a_path(study, 6, frames)
    assert isinstance(rule, AnyOf)
    truth = np.any([nearest(study, frame, 6) for frame in frames], axis=0)
    assert (select(rule, study, description) == truth).all()
    assert isinstance(near_a_path(study, 6, frames[:1]), Near)
    assert from_json(to_json(rule, "way"), "way.json").rule == rule


def test_a_public_server_refuses_the_rule_of_a_whole_path_and_takes_that_of_a_frame(
    study: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    frames = np.linspace(-1, 1, 60)[:, None] * np.linspace(0.1, 0.9, study.dimension)
    whole, frame = near_a_path(study, 6, frames), near_a_path(study, 6, frames[:1])
    monkeypatch.setenv("ZPOINTS_SELECTIONS", str(tmp_path / "rules"))
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    with pytest.raises(InputError, match=r"too long for an address, and this server stores nothing; make it shorter"):
        to_address(whole)
    assert not (tmp_path / "rules").exists()
    assert from_address(to_address(frame)) == frame
    monkeypatch.delenv("ZPOINTS_PUBLIC")
    assert from_address(to_address(whole)) == whole
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    assert from_address(to_address(whole)) == whole  # what its owner has stored before
