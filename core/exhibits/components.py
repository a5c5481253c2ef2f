"""How each component is distributed, in pictures with their words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from core.captions.components import about_components, about_places
from core.exhibits.exhibit import Exhibit
from core.exhibits.scene import Scene
from core.figures.components import component_histograms, means_and_widths
from core.tables import correlation_table

__all__ = ["histograms", "places"]


def histograms(scene: Scene, table: pd.DataFrame, shown: Sequence[int]) -> Exhibit:
    """Return histograms of some components of a study and a sample, from the table of all."""
    study, sample = scene.described, scene.sample
    figure = component_histograms(study, sample.description, shown, sample.title)
    alt = f"histograms of {len(shown)} components, {study.title} and {sample.title}"
    tables = {"Component statistics": (scene.sample_file("components"), lambda: table)}
    return Exhibit("component_histograms", "", figure, alt, about_components(study, sample, table), tables)


def places(scene: Scene, table: pd.DataFrame) -> Exhibit:
    """Return mean and width of every component of a study and a sample, from the table of all."""
    study, sample = scene.described, scene.sample
    figure = means_and_widths(table, study.title, sample.title)
    alt = f"mean and width of all components, {study.title} and {sample.title}"
    caption = about_places(study, sample, table)
    make = partial(correlation_table, study.moments, sample.description.moments)
    tables = {"Correlations": (scene.sample_file("correlations"), make)}
    return Exhibit("means_and_widths", "Mean and width of every component", figure, alt, caption, tables)
