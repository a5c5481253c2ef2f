"""The playground: the picture of a vector that is moved, and where the vector stands."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.captions.playground import about_standing, in_short
from core.exhibits.exhibit import Exhibit, Wall
from core.figures import playground as figures
from core.space.playground import BULK, Amounts, Standing
from core.statistics import Description
from core.tables import state_table

__all__ = ["as_npy", "begun_with", "picture", "standing"]


def picture(image: bytes, found: Standing, title: str) -> Exhibit:
    """Return the decoded vector, of a study of that title."""
    alt = f"decoded vector, {found.distance:.1f} spreads from the middle of {title}"
    return Exhibit("playground", "", Wall(image, 1, 1), alt, in_short(found))


def begun_with(image: bytes, start: str, title: str) -> Exhibit:
    """Return the picture that a vector of that name began with, and what the colours of its scales are."""
    key = f"Orange: this vector; blue: where {BULK:.0%} of {title} are."
    return Exhibit("playground_start", "", Wall(image, 1, 1), f"the picture before: {start}", key)


def standing(
    study: Description,
    found: Standing,
    vector: npt.NDArray[np.floating],
    start: str,
    moves: Mapping[str, Amounts],
    stem: str,
    chart: go.Figure | None = None,
) -> Exhibit:
    """Return where a vector (d,) stands among the data; ``start`` and ``moves`` say how it came there.

    While it moves, ``chart`` may be that of a place before, which takes longer than all else.
    """
    alt = f"radii and distances of {study.title}, and where this vector stands among them"
    tables = {"This vector": (stem, partial(state_table, start, moves, found, vector))}
    return Exhibit(
        "standing",
        "",
        figures.standing(study, found) if chart is None else chart,
        alt,
        about_standing(found, study),
        tables,
    )


def as_npy(vector: npt.NDArray[np.floating]) -> bytes:
    """Return a vector (d,) as a NumPy file of float32, shape (1, d)."""
    file = io.BytesIO()
    np.save(file, np.asarray(vector, np.float32)[None], allow_pickle=False)
    return file.getvalue()
