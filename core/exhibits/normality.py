"""How normal the bulk is, in pictures with their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.captions.normality import (
    about_a_test,
    about_cuts,
    about_one_direction,
    about_pairs_of_axes,
    about_shapes,
    about_squared_distances,
    see_a_test,
    see_cuts,
    see_pairs_of_axes,
    see_shapes,
    see_squared_distances,
    see_the_bell,
)
from core.captions.radii import about_distances
from core.exhibits.bulk import marked_in
from core.exhibits.exhibit import Exhibit
from core.exhibits.scene import Scene
from core.figures import normality as figures
from core.figures.planes import SMALL, pair_densities
from core.figures.radii import distance_histogram
from core.figures.theme import DATA, DRAWN, MARKED
from core.plain import listed
from core.selection import Selected
from core.space.planes import Direction, Plane, direction_name
from core.statistics import Core, HenzeZirkler, Outermost, Shape, subsample
from core.tables import cut_table, distance_table, ellipse_table, quantile_table, shape_table

__all__ = [
    "FIRST",
    "PAIRS",
    "bell",
    "cuts",
    "henze_zirkler_test",
    "name_of_core",
    "pairs",
    "quantiles",
    "shapes",
    "squared_distances",
    "variable_of",
]

FIRST = {"axis": 1, "component": 0}
"""Numbers of the first direction of each kind, as readers count them."""

FAR_OUT = 0.01
"""Share of a bell beyond a line among its distances."""

PAIRS = 6
"""Planes of two axes that are drawn at a time."""

MOST = 20_000
"""Vectors of a selection in a study of which a sample is shown whose coordinates are put in order, at most."""

Floats: TypeAlias = npt.NDArray[np.float64]


BRUSHED = "Drag over it to select the vectors in that range."

BOXED = "Draw a box around points of the data to select the vectors of these ranks."

DRAWN_AROUND = "Draw around a part of any of them to select the vectors in it."


def variable_of(kind: str) -> str:
    """Return what a point of a kind of directions is called in charts, with ``%{customdata}`` for its number."""
    return "principal axis %{customdata}" if kind == "axis" else "z<sub>%{customdata}</sub>"


def name_of_core(title: str, share: float) -> str:
    """Return what the inner share of a study's vectors is called."""
    return f"core of {title}, {share:.0%}"


def bell(scene: Scene) -> Exhibit:
    """Return the distances of a study's vectors from their middle beside those of a bell."""
    study = scene.described
    figure = distance_histogram(study, marked=scene.masks, zero=False, beyond=FAR_OUT)
    caption, plain = about_distances(study, *scene.drawn), see_the_bell(study)
    alt = f"Mahalanobis distances of {study.title} and of a normal"
    return Exhibit("bell", "Distances beside those of a bell", figure, alt, caption, gesture=BRUSHED, plain=plain)


def shapes(scene: Scene, kind: str, found: Sequence[Shape], core: tuple[float, Shape] | None = None) -> Exhibit:
    """Return skewness and kurtosis of all directions of a kind, and of a core with its share.

    ``found`` are the shapes of the study and of each sample.
    """
    title, (mine, *theirs) = scene.described.title, found
    drawn = {sample.title: one for sample, one in zip(scene.drawn, theirs, strict=True)}
    sets = [(name, one, colour) for (name, one), colour in zip(drawn.items(), DRAWN, strict=False)]
    sets.append((title, mine, DATA))
    prefixed = list(zip(("", "sample", "against"), found, strict=False))
    if core is not None:
        sets.append((name_of_core(title, core[0]), core[1], MARKED))
        prefixed.append(("core", core[1]))
    alt = f"skewness and excess kurtosis of all {'principal axes' if kind == 'axis' else 'components'}"
    make = partial(shape_table, kind, FIRST[kind], prefixed)
    tables = {"Shapes": (scene.sample_file(f"{kind}_shapes"), make)}
    caption = about_shapes(mine, drawn, kind == "axis")
    figure, plain = figures.shapes(sets, variable_of(kind)), see_shapes(mine, title, kind == "axis")
    return Exhibit("shapes", "Every direction", figure, alt, caption, tables, plain=plain)


def quantiles(scene: Scene, direction: Direction, values: Floats, core: Core | None = None) -> Exhibit:
    """Return the Q-Q plot of one direction, from the coordinates (n,) of the study's vectors along it."""
    title, along = scene.described.title, scene.described.axes.along
    found = [(title, values), *((one.title, along(one.vectors, (direction,))[:, 0]) for one in scene.drawn)]
    sets = [(name, one, colour) for (name, one), colour in zip(found, (DATA, *DRAWN), strict=False)]
    if core is not None:
        sets.append((name_of_core(title, core.share), values[core.kept], MARKED))
    kind, number = direction
    marked = [(one.title, _along(scene, one, direction, values), one.place) for one in _chosen(scene)]
    alt = f"normal Q-Q plot of {kind} {number + FIRST[kind]}, {_titles(scene)}"
    told = [*found, *((name, its) for name, its, _ in marked)]
    caption = about_one_direction(told, len(values) < len(scene.described))
    figure = figures.normal_quantiles(sets, direction_name(direction), marked=marked)
    return Exhibit("quantiles", "One direction", figure, alt, caption, gesture=BOXED)


def _chosen(scene: Scene) -> list[Selected]:
    """Return the selections that have quantiles: those that are not empty."""
    return [one for one in scene.selected if one.count]


def _titles(scene: Scene) -> str:
    """Return the data, what was drawn and what is selected, as legends name them."""
    return listed([scene.study.title, *(s.title for s in scene.drawn), *(one.title for one in _chosen(scene))])


def _along(scene: Scene, selected: Selected, direction: Direction, values: Floats) -> Floats:
    """Return the coordinates of a selection along a direction, at most :data:`MOST` of a large study's.

    ``values`` are those of what is shown of the study.
    """
    if len(values) == len(scene.study):
        return values[selected.mask]
    rows = selected.rows[subsample(selected.count, MOST)]
    return scene.described.axes.along(scene.study.latents[rows], (direction,))[:, 0]


def pairs(scene: Scene, planes: Sequence[Plane]) -> Exhibit:
    """Return densities of pairs of principal axes with their ellipses."""
    alt = f"densities of {len(planes)} pairs of principal axes"
    seen = len(planes[0].bulk) if planes else 0
    sampled = 0 if seen == len(scene.described) else seen
    table, title = ellipse_table(planes), scene.described.title
    caption, plain = about_pairs_of_axes(table, title, sampled), see_pairs_of_axes(table, title)
    tables = {"Pairs": (scene.sample_file("pair_ellipses"), partial(ellipse_table, planes))}
    marked = [marked_in(scene, plane, SMALL) for plane in planes] if scene.selected else []
    figure = pair_densities(planes, marked=marked)
    return Exhibit("pairs", "Pairs of principal axes", figure, alt, caption, tables, DRAWN_AROUND, plain)


def squared_distances(scene: Scene, core: Core) -> Exhibit:
    """Return the chi-square Q-Q plot of the squared Mahalanobis distances of a study, what was drawn and a core."""
    study, drawn = scene.described, {sample.title: sample.description.distances for sample in scene.drawn}
    marked = [(one.title, study.distances[one.mask], one.place) for one in _chosen(scene)]
    figure = figures.squared_distances(study, drawn, core, marked=marked)
    alt = f"chi-square Q-Q plot of squared distances of {_titles(scene)}"
    make = partial(quantile_table, study, core, *drawn.values())
    tables = {
        "Squared distances": (scene.sample_file("distance_quantiles"), make),
        "Distances": (scene.study_file("distances"), partial(distance_table, study)),
    }
    highest, chosen = figures.highest_square(study.dimension), [(name, its) for name, its, _ in marked]
    caption = about_squared_distances(study, core, scene.drawn, highest, chosen)
    plain = see_squared_distances(study, scene.drawn, highest, chosen)
    return Exhibit("squared_distances", "All dimensions together", figure, alt, caption, tables, BOXED, plain)


def cuts(scene: Scene, largest: npt.NDArray[np.float64] | Outermost) -> Exhibit:
    """Return what cuts keep, from the two largest whitened coordinates (n, 2) of a study's vectors, or their counts."""
    study = scene.described
    title = "What is left when the unusual is cut away"
    make = partial(cut_table, study, largest)
    tables = {"Cuts": (scene.study_file("cuts"), make)}
    figure, table, alt = figures.kept_by_cuts(study, largest), make(), "shares kept by cuts at k standard deviations"
    caption, plain = about_cuts(study, table), see_cuts(study, table)
    return Exhibit("cuts", title, figure, alt, caption, tables, plain=plain)


def henze_zirkler_test(
    scene: Scene, kind: str, count: int, results: Mapping[str, HenzeZirkler], within: str
) -> Exhibit:
    """Return the Henze-Zirkler test of ``count`` directions of a kind, of sets by name; one is ``within`` 3σ."""
    rows = [(name, result.count, result.statistic, result.p_value) for name, result in results.items()]
    table = pd.DataFrame(rows, columns=["set", "count", "statistic", "p_value"])
    p_value = float(results[within].p_value)
    caption, plain = about_a_test(kind, count, p_value), see_a_test(p_value, scene.described.title)
    tables = {"Henze-Zirkler": (scene.sample_file("henze_zirkler"), lambda: table)}
    return Exhibit("test", "A test of a few directions", table, "Henze-Zirkler test", caption, tables, plain=plain)
