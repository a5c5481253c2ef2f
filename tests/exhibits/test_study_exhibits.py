"""What a study was trained on, in pictures with their words."""

from __future__ import annotations

import dataclasses

import numpy as np

from core.exhibits.scene import Scene
from core.exhibits.studies import comparison, errors, losses, reconstructions
from core.figures.faces import wall
from core.space.inspection import rows_by_error
from core.statistics import Description, shape
from core.study import Study
from tests.helpers.scenes import assert_whole


def test_a_trained_study_is_shown_whole(tiny_study: Study, description: Description) -> None:
    rows = rows_by_error(tiny_study.rows["reconstruction_error"].to_numpy(), 3)
    decoded = reconstructions(tiny_study, wall(np.zeros((15, 4, 4, 3), np.uint8), 3), rows)
    along = shape(tiny_study.latents, description.axes)
    other = dataclasses.replace(tiny_study, name="other")
    both = comparison([(study, description, along) for study in (tiny_study, other)])
    for exhibit in (losses(tiny_study), errors(tiny_study), decoded, both):
        assert_whole(exhibit)
    assert (decoded.picture.count, decoded.picture.columns) == (15, 3)
    assert "12 epochs" in losses(tiny_study).caption


def test_a_study_of_vectors_alone_says_what_it_does_not_know(scene: Scene) -> None:
    for exhibit in (losses(scene.study), errors(scene.study)):
        assert_whole(exhibit)
        assert "does not know" in exhibit.caption
