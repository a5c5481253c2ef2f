"""Which components depend on each other, in pictures with their words."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.captions.correlations import about_a_pair, about_coefficients, about_matrices, about_strongest_pairs
from core.exhibits.exhibit import Exhibit
from core.exhibits.scene import Scene
from core.figures.correlations import coefficient_histogram, coefficient_matrix
from core.figures.planes import SHARES, plane_density
from core.space.planes import Plane
from core.tables import correlation_table, plane_table

__all__ = ["coefficients", "matrices", "pair", "strongest"]


def matrices(scene: Scene, order: npt.NDArray[np.intp]) -> list[Exhibit]:
    """Return the Pearson matrices of a study, of a sample and their difference, their components in an order."""
    study, sample = scene.described, scene.sample
    mine, theirs = study.moments.correlations, sample.description.moments.correlations
    shown = {study.title: mine, sample.title: theirs, f"{sample.title} less {study.title}": theirs - mine}
    captions = about_matrices(study, sample)
    return [
        Exhibit(f"matrix_{n}", "", coefficient_matrix(matrix, order, name), f"Pearson matrix, {name}", caption)
        for n, ((name, matrix), caption) in enumerate(zip(shown.items(), captions, strict=True))
    ]


def coefficients(scene: Scene) -> Exhibit:
    """Return how the coefficients of all pairs are distributed."""
    study, sample = scene.described, scene.sample
    drawn = sample.description.moments
    alt = f"distribution of the Pearson coefficients of {study.title} and {sample.title}"
    make = partial(correlation_table, study.moments, drawn)
    tables = {"All pairs": (scene.sample_file("correlations"), make)}
    figure, caption = coefficient_histogram(study, drawn, sample.title), about_coefficients(study, sample)
    return Exhibit("coefficients", "How large are the coefficients?", figure, alt, caption, tables)


def strongest(scene: Scene, table: pd.DataFrame) -> Exhibit:
    """Return the strongest pairs, which stand in a table."""
    alt = "the pairs with the largest Pearson coefficients"
    tables = {"Strongest pairs": (scene.sample_file("strongest_pairs"), lambda: table)}
    size = scene.described.dimension
    caption = about_strongest_pairs(scene.study.title, len(table), size * (size - 1) // 2)
    return Exhibit("strongest_pairs", "", table, alt, caption, tables)


def pair(scene: Scene, plane: Plane, coverage: float, found: tuple[float, float]) -> Exhibit:
    """Return the plane of two components with ellipses, the outermost of which holds ``coverage`` of a normal.

    ``found`` are the Pearson and Spearman coefficients of the study.
    """
    (_, i), (_, j) = plane.directions
    figure = plane_density(plane, sorted({*SHARES[:2], coverage}), 480)
    alt = f"density of components {i} and {j} with ellipses"
    caption = about_a_pair(scene.described, i, j, found, scene.sample.title)
    tables = {"This pair": (scene.sample_file(f"z{i}_z{j}"), partial(plane_table, plane))}
    return Exhibit("pair_density", "One pair", figure, alt, caption, tables)
