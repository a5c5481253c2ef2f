"""How each component is distributed, in pictures with their words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from core.captions.components import about_components, about_places, see_components, see_places
from core.exhibits.exhibit import Exhibit
from core.exhibits.scene import Scene
from core.figures.components import component_histograms, means_and_widths
from core.statistics import Histograms
from core.tables import correlation_table

__all__ = ["PER_PAGE", "histograms", "places"]

PER_PAGE = 16
"""Components whose histograms are shown at a time."""


def histograms(
    scene: Scene, table: pd.DataFrame, shown: Sequence[int], marked: Sequence[tuple[str, Histograms, int]] = ()
) -> Exhibit:
    """Return histograms of some components of a study and of what was drawn, from the table of all.

    Selections of the study's vectors can be ``marked``: name, histograms of the shown components
    in their order, and place of each.
    """
    drawn = {sample.title: sample.description for sample in scene.drawn}
    figure = component_histograms(scene.described, drawn, shown, marked)
    alt, caption = (
        f"histograms of {len(shown)} components, {scene.titles}",
        about_components(scene.described, scene.sample, table, scene.against),
    )
    tables = {"Component statistics": (scene.sample_file("components"), lambda: table)}
    plain = see_components(scene.described, scene.drawn, table)
    return Exhibit("component_histograms", "", figure, alt, caption, tables, plain=plain)


def places(scene: Scene, table: pd.DataFrame) -> Exhibit:
    """Return mean and width of every component of a study and of what was drawn, from the table of all."""
    study = scene.described
    figure = means_and_widths(table, study.title, *(sample.title for sample in scene.drawn))
    alt, caption = (
        f"mean and width of all components, {scene.titles}",
        about_places(study, scene.sample, table, scene.against),
    )
    make = partial(correlation_table, study.moments, *(sample.description.moments for sample in scene.drawn))
    tables = {"Correlations": (scene.sample_file("correlations"), make)}
    title, plain = "Mean and spread of every component", see_places(study, *scene.drawn)
    return Exhibit("means_and_widths", title, figure, alt, caption, tables, plain=plain)
