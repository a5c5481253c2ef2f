"""How long the vectors are, in pictures with their words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from core.captions.radii import (
    about_cubes,
    about_distances,
    about_radii,
    see_cubes,
    see_distances,
    see_radii,
)
from core.exhibits.exhibit import Exhibit
from core.exhibits.scene import Scene
from core.figures.radii import cube_bands, distance_histogram, radius_histogram
from core.space.sample import Sample
from core.strategies import Cube
from core.tables import radius_table, summary_table

__all__ = ["cubes", "distances", "radii"]


def radii(scene: Scene) -> Exhibit:
    """Return the radii of a study and of what was drawn."""
    study = scene.described
    tables: dict[str, tuple[str, Callable[[], pd.DataFrame]]] = {
        "Summary": (scene.sample_file("summary"), partial(summary_table, study, [scene.reference, *scene.drawn])),
        "Sample": _radii(scene, scene.sample),
        **({} if scene.against is None else {scene.against.title: _radii(scene, scene.against)}),
        "Data": (scene.study_file("data_radii"), lambda: radius_table(study, scene.study.rows["image"])),
    }
    figure, caption = radius_histogram(study, *scene.drawn, marked=scene.masks), about_radii(study, *scene.drawn)
    plain = see_radii(study, *scene.drawn)
    return Exhibit("radii", "", figure, f"radii of {scene.labels}", caption, tables, plain=plain)


def cubes(scene: Scene, series: bool = False) -> Exhibit:
    """Return the scan of cubes; a sample that is one is marked in it, and those of the blog ``series`` where asked."""
    study = scene.described
    at_hand = [one.strategy.half_width_ for one in scene.drawn if isinstance(one.strategy, Cube)]
    alt = f"radius bands of cubes against the radii of {study.title}"
    figure = cube_bands(study, *at_hand, series=series)
    return Exhibit("cube_bands", "Which cube matches?", figure, alt, about_cubes(study), plain=see_cubes(study))


def distances(scene: Scene, height: int = 320) -> Exhibit:
    """Return the Mahalanobis distances of a study and of what was drawn, so many pixels high."""
    figure = distance_histogram(scene.described, *scene.drawn, height=height, marked=scene.masks)
    caption, plain = (words(scene.described, *scene.drawn) for words in (about_distances, see_distances))
    title, alt = "Distance from the middle, in all directions", f"Mahalanobis distances of {scene.labels}"
    return Exhibit("distances", title, figure, alt, caption, plain=plain)


def _radii(scene: Scene, sample: Sample) -> tuple[str, Callable[[], pd.DataFrame]]:
    return scene.file_of(sample, "radii"), partial(radius_table, sample.description, sample.images)
