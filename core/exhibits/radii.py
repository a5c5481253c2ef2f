"""How long the vectors are, in pictures with their words."""

from __future__ import annotations

from core.captions.radii import about_cubes, about_distances, about_radii
from core.exhibits.exhibit import Exhibit
from core.exhibits.scene import Scene
from core.figures.radii import cube_bands, distance_histogram, radius_histogram
from core.strategies import Cube
from core.tables import radius_table, summary_table

__all__ = ["cubes", "distances", "radii"]


def radii(scene: Scene) -> Exhibit:
    """Return the radii of a study and of a sample."""
    study, sample = scene.described, scene.sample
    alt = f"radii of {study.title} and of {sample.strategy.label()}"
    images = scene.study.rows["image"]
    tables = {
        "Summary": (scene.sample_file("summary"), lambda: summary_table(study, [scene.reference, sample])),
        "Sample": (scene.sample_file("radii"), lambda: radius_table(sample.description, sample.images)),
        "Data": (scene.study_file("data_radii"), lambda: radius_table(study, images)),
    }
    return Exhibit("radii", "", radius_histogram(study, sample), alt, about_radii(study, sample), tables)


def cubes(scene: Scene) -> Exhibit:
    """Return the scan of cubes; a sample that is one is marked in it."""
    study, strategy = scene.described, scene.sample.strategy
    half_width = strategy.half_width_ if isinstance(strategy, Cube) else None
    alt = f"radius bands of cubes against the radii of {study.title}"
    return Exhibit("cube_bands", "Which cube matches?", cube_bands(study, half_width), alt, about_cubes(study))


def distances(scene: Scene) -> Exhibit:
    """Return the Mahalanobis distances of a study and of a sample."""
    study, sample = scene.described, scene.sample
    alt = f"Mahalanobis distances of {study.title} and of {sample.strategy.label()}"
    figure, caption = distance_histogram(study, sample), about_distances(study, sample)
    return Exhibit("distances", "Mahalanobis distance", figure, alt, caption)
