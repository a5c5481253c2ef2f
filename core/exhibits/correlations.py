"""Which components depend on each other, in pictures with their words."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.captions.correlations import (
    about_a_pair,
    about_coefficients,
    about_matrices,
    about_strongest_pairs,
    see_a_pair,
    see_coefficients,
    see_matrices,
)
from core.exhibits.bulk import marked_in
from core.exhibits.exhibit import Exhibit
from core.exhibits.scene import Scene
from core.figures.correlations import coefficient_histogram, coefficient_matrix
from core.figures.planes import SHARES, plane_density
from core.space.planes import Plane
from core.tables import correlation_table, plane_table

__all__ = ["coefficients", "matrices", "pair", "strongest"]


def matrices(scene: Scene, order: npt.NDArray[np.intp]) -> list[Exhibit]:
    """Return the Pearson matrices of a study, of what was drawn and of the differences, components in an order."""
    study, mine = scene.described, scene.described.moments.correlations
    drawn = {sample.title: sample.description.moments.correlations for sample in scene.drawn}
    apart = {f"{title} less {study.title}": theirs - mine for title, theirs in drawn.items()}
    shown = {study.title: mine, **drawn, **apart}
    said = (about_matrices(study, *scene.drawn), see_matrices(study, *scene.drawn))
    figures = [coefficient_matrix(matrix, order, name) for name, matrix in shown.items()]
    return [
        Exhibit(f"matrix_{n}", "", figure, f"Pearson matrix, {name}", caption, plain=plain)
        for n, (name, figure, caption, plain) in enumerate(zip(shown, figures, *said, strict=True))
    ]


def coefficients(scene: Scene) -> Exhibit:
    """Return how the coefficients of all pairs are distributed."""
    study, drawn = scene.described, {sample.title: sample.description.moments for sample in scene.drawn}
    alt = f"distribution of the Pearson coefficients of {scene.titles}"
    make = partial(correlation_table, study.moments, *drawn.values())
    tables = {"All pairs": (scene.sample_file("correlations"), make)}
    figure, caption = coefficient_histogram(study, drawn), about_coefficients(study, *scene.drawn)
    plain = see_coefficients(study, *scene.drawn)
    return Exhibit("coefficients", "How strong are the pairs?", figure, alt, caption, tables, plain=plain)


def strongest(scene: Scene, table: pd.DataFrame) -> Exhibit:
    """Return the strongest pairs, which stand in a table."""
    alt = "the pairs with the largest Pearson coefficients"
    tables = {"Strongest pairs": (scene.sample_file("strongest_pairs"), lambda: table)}
    size = scene.described.dimension
    caption = about_strongest_pairs(scene.study.title, len(table), size * (size - 1) // 2)
    return Exhibit("strongest_pairs", "", table, alt, caption, tables, "Click a row to look at its pair.")


def pair(scene: Scene, plane: Plane, coverage: float, found: tuple[float, float]) -> Exhibit:
    """Return the plane of two components with ellipses, the outermost of which holds ``coverage`` of a normal.

    ``found`` are the Pearson and Spearman coefficients of the study.
    """
    (_, i), (_, j) = plane.directions
    marked = marked_in(scene, plane)
    figure = plane_density(plane, sorted({*SHARES[:2], coverage}), 480, marked=marked)
    alt = f"density of components {i} and {j} with ellipses"
    titles = [sample.title for sample in scene.drawn]
    caption = about_a_pair(scene.described, i, j, found, titles)
    plain = see_a_pair(scene.described, i, j, found[0], titles)
    tables = {"This pair": (scene.sample_file(f"z{i}_z{j}"), partial(plane_table, plane))}
    return Exhibit("pair_density", "One pair", figure, alt, caption, tables, plain=plain)
