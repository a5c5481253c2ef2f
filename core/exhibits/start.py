"""The start page: a round trip, two walls, the lengths of their vectors."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt

from core.captions.radii import about_radii
from core.captions.start import DRAWN, about_lengths, about_the_round_trip
from core.exhibits.exhibit import Exhibit, Wall
from core.exhibits.scene import Scene
from core.figures.radii import radius_histogram
from core.figures.start import barcode, round_trip
from core.statistics import Description
from core.study import Study
from core.tables import summary_table

__all__ = ["lengths", "trip"]


def trip(
    study: Study,
    described: Description,
    before: npt.NDArray[np.uint8],
    numbers: npt.NDArray[np.floating],
    after: npt.NDArray[np.uint8],
) -> Exhibit:
    """Return a picture of shape (h, w, c), the numbers (d,) that the encoder makes of it, and what these decode to."""
    field = barcode(numbers, described.moments.mean, described.moments.widths)
    image = Wall(round_trip(before, field, after), 3, 3)
    alt = f"a picture, the {study.dimension} numbers that it is put into as grey cells, and the picture made of them"
    return Exhibit("round_trip", "", image, alt, about_the_round_trip(study))


def lengths(scene: Scene) -> Exhibit:
    """Return the lengths of the vectors of both sides."""
    study, sample = scene.described, scene.sample
    alt = f"lengths of the vectors of {study.title} and of {sample.label}"
    chart = radius_histogram(study, sample, height=130, theory=False)
    chart.update_xaxes(title="length of the list of numbers").update_yaxes(title="")
    chart.update_traces({"name": DRAWN}, {"name": sample.title})
    tables = {"Summary": (scene.sample_file("summary"), partial(summary_table, study, [scene.reference, sample], None))}
    return Exhibit("lengths", "", chart, alt, about_radii(study, sample), tables, plain=about_lengths(study.dimension))
