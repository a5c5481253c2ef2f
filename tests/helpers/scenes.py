"""What the exhibits of a comparing page are made of, without a page."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from core.exhibits.exhibit import Exhibit
from core.exhibits.scene import Scene
from core.space.sample import draw_reference, draw_sample
from core.strategies import make_strategy
from core.study import Study
from core.study.describing import describe_study
from core.study.writing import write_vectors


def study_of(vectors: np.ndarray, folder: Path, title: str = "Cells") -> Study:
    """Write a study of vectors alone."""
    return write_vectors(vectors, folder, title=title)


def scene_of(study: Study, key: str = "mvn", count: int = 60, against: str = "", **parameters: float | str) -> Scene:
    """Return a study with a sample of a strategy, and of another that it is held against."""
    described = describe_study(study)
    sample = draw_sample(study, described, make_strategy(key, parameters), count, 0)
    other = draw_sample(study, described, make_strategy(against), count, 0) if against else None
    return Scene(study, described, draw_reference(study, described, count, 0), sample, other)


def assert_whole(exhibit: Exhibit) -> None:
    """Assert that an exhibit has a key, an alternative text, sentences for a caption, and tables that can be made."""
    assert re.fullmatch(r"[a-z0-9_]+", exhibit.key)
    assert exhibit.alt.strip()
    assert re.match(r"[A-Z0-9$*(]", exhibit.caption), exhibit.caption
    assert exhibit.caption.endswith("."), exhibit.caption
    assert not re.search(r"\bnan\b|  ", exhibit.caption), exhibit.caption
    for stem, make in exhibit.tables.values():
        assert "/" not in stem
        assert make().columns.is_unique
