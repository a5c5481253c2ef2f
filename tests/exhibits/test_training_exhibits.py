"""Trainings of strategies in pictures and words: what they start from, where they stand, which epoch is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.commands.fit import fit_of
from core.exhibits.exhibit import Wall
from core.exhibits.trainings import (
    drawn_so_far,
    how_it_was_trained,
    likelihoods_so_far,
    losses_so_far,
    when_it_copies,
)
from core.networks.epochs import BEFORE, VALIDATION
from core.progress import Progress
from core.strategies import Diffusion, Flow, Recipe, make_strategy
from core.study import Study
from core.study.stages import Look
from core.study.writing import write_vectors

LAW = "N(μ, Σ)"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return write_vectors(np.random.default_rng(0).normal(size=(40, 3)), tmp_path / "cells")


def trained(study: Study, held_out: list[float]) -> Diffusion:
    """A diffusion model whose training had those losses, and whose network says nothing."""
    none = np.zeros((0, 3))
    known = {"axes_": none, "weights_": none[:, 0], "sizes_": np.zeros(2, int), "stretch_": none, "shift_": none[:, 0]}
    known["labels_"] = np.array([], np.str_)
    losses = np.array([held_out, held_out], np.float32).T
    losses[1:, 0] -= 0.1
    return Diffusion().fit(study.latents, known={**known, "losses_": losses})


def test_the_epoch_that_is_kept_is_marked_beside_what_the_training_started_from(study: Study) -> None:
    exhibit = how_it_was_trained(study, trained(study, [1.0, 0.9, 0.8, 0.85]))
    assert exhibit is not None
    curves = {curve.name: curve for curve in exhibit.picture.data}
    assert list(curves) == ["training", "held out", LAW, "kept"]
    assert curves[LAW].line.dash == "dot"
    assert set(curves[LAW].y) == {1.0}
    assert tuple(curves["kept"].x) == (2,)
    np.testing.assert_allclose(curves["held out"].y, [0.9, 0.8, 0.85])
    assert (
        "Kept is epoch 2, the best on vectors that were never trained on: 0.800, 0.700 in training" in exhibit.caption
    )
    ((name, make),) = exhibit.tables.values()
    table = make()
    assert name == "cells_diffusion_training"
    assert list(table["epoch"]) == [0, 1, 2, 3]
    assert list(table["kept"]) == [False, False, True, False]


def test_where_no_epoch_is_better_none_is_marked_and_that_is_said(study: Study) -> None:
    exhibit = how_it_was_trained(study, trained(study, [1.0, 1.1]))
    assert exhibit is not None
    assert "kept" not in {curve.name for curve in exhibit.picture.data}
    assert f"in 1 epoch. No epoch does better than {LAW}" in exhibit.caption


def test_what_was_not_trained_has_no_training_to_look_back_at(study: Study) -> None:
    assert how_it_was_trained(study, make_strategy("mvn").fit(study.latents)) is None
    assert how_it_was_trained(study, Diffusion().fit(study.latents)) is None  # too few vectors


def test_a_training_that_goes_on_is_held_against_what_it_started_from() -> None:
    losses = [0.9, 0.7, 0.8]
    ends = [
        Progress("t", e, 9, "steps", numbers={"loss": loss, VALIDATION: loss + 0.1, BEFORE: 1.0}, epoch=e)
        for e, loss in enumerate(losses, 4)  # it went on after its third
    ]
    exhibit = losses_so_far("job", ends, Diffusion)
    assert exhibit.caption.startswith("How badly vectors are told from noise")
    assert losses_so_far("job", ends, Flow).caption.startswith("How unlikely vectors are")
    assert "after epoch 6 0.800 in training and 0.900 on vectors that are never trained on" in exhibit.caption
    assert f"the smallest so far in epoch 5; {LAW} has 1.000" in exhibit.caption
    assert "its smallest" in losses_so_far("job", ends[:2], Diffusion).caption
    looks = [Look(0, -1.4, 200, 10, None), Look(20, -1.25, 200, 10, None)]
    exhibit = likelihoods_so_far("job", looks, LAW)
    assert f"-1.250 after epoch 20, -1.400 with {LAW}" in exhibit.caption
    assert tuple(exhibit.picture.data[1].y) == (-1.4, -1.4)
    assert "10 solver steps" in exhibit.caption
    assert "solver" not in likelihoods_so_far("job", [Look(20, -1.25, 200, 0, None)], LAW).caption
    flat = likelihoods_so_far("job", [Look(0, None, 200, 10, None)], LAW)
    assert "no law has a density here" in flat.caption


def test_pictures_that_have_gone_with_their_training_are_not_shown(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    assert drawn_so_far("job", Look(20, None, 1, 10, None), LAW) is None
    assert drawn_so_far("job", Look(20, None, 1, 10, sheet), LAW) is None
    sheet.write_bytes(b"png")
    exhibit = drawn_so_far("job", Look(20, None, 1, 10, sheet), LAW)
    assert exhibit is not None
    assert isinstance(exhibit.picture, Wall)
    assert exhibit.picture.image == b"png"


def test_a_command_line_tells_what_it_fits() -> None:
    words = ["fit", "--study", "x", "--strategy", "mixture", "--set", "components=3", "--half"]
    assert fit_of(words) == (Recipe.of("mixture", {"components": 3}), True)
    for other in (["verify", "--study", "x"], ["fit"], ["fit", "--help"], words[:4], [*words[:4], "none"], []):
        assert fit_of(other) is None


def test_when_a_network_copies_is_shown_for_each_number_of_vectors_beside_unseen_ones() -> None:
    few = {"vectors": 1000, "steps": [1, 10, 100], "held_out": [1.0, 0.9, 1.2], "copied": [0, 0.1, 0.9], "usual": 0.1}
    many = {"vectors": 9000, "steps": [1, 10, 100], "held_out": [1.0, 0.9, 0.8], "copied": [0, 0, 0.1], "usual": 0.08}
    table = pd.concat([pd.DataFrame(few), pd.DataFrame(many)])
    exhibit = when_it_copies("cells", table)
    curves = [curve for curve in exhibit.picture.data if curve.name == "1,000 vectors"]
    assert [tuple(curve.y) for curve in curves] == [(1.0, 0.9, 1.2), (0, 0.1, 0.9)]
    assert {curve.yaxis for curve in curves} == {"y", "y2"}
    (usual,) = (curve for curve in exhibit.picture.data if curve.name == "unseen, 9,000 vectors")
    assert set(usual.y) == {0.08}
    assert "from 1,000 vectors it is best on held-out ones at step 10 and copies from step 100 on" in exhibit.caption
    assert (
        "from 9,000 vectors it is best on held-out ones at step 100 and does not copy in 100 steps" in exhibit.caption
    )
    ((name, make),) = exhibit.tables.values()
    assert name == "cells_memorising"
    assert len(make()) == len(table)
