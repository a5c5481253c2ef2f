"""The story: every step draws, for a study that was trained and for vectors alone, and an answer is explained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.space.story import STORY
from core.study.writing import write_vectors
from tests.pages.conftest import Open, chosen


def walk(app: AppTest, pictured: bool = True) -> None:
    """Go through all steps by the button *Next*; none complains."""
    for step in STORY:
        assert not app.exception
        assert not app.error
        assert not app.warning
        assert app.header[0].value == step.heading_for(pictured)
        if step is not STORY[-1]:
            app.button(key="story_Next").click().run()
    assert chosen(app, "step") == STORY[-1].key


@pytest.mark.slow
def test_the_story_is_walked_and_its_game_keeps_the_score(dashboard: Open) -> None:
    app = dashboard("story", vectors=64)
    walk(app)
    app.button(key="game_check").click().run()
    assert any("of 12 right." in text.value for text in app.markdown)
    assert any("You have judged 12 pictures" in text.value for text in app.caption)


@pytest.mark.slow
def test_vectors_alone_tell_the_story_in_their_own_numbers(dashboard: Open, tmp_path: Path) -> None:
    study = write_vectors(np.random.default_rng(0).standard_normal((60, 2)), tmp_path / "cells", title="Cells")
    app = dashboard("story", study.folder, step="dependence", guess_dependence="more")
    assert any(text.value.startswith("**About as many.**") for text in app.info)
    walk(dashboard("story", study.folder), pictured=False)
    assert not any("CelebA" in text.value for text in [*app.markdown, *app.caption])
