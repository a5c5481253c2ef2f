"""Every chart of every page: how vectors are selected on it, or why none can be."""

from __future__ import annotations

import pytest

from core.study import Study
from pages.parts.front_door import PAGES
from tests.pages.conftest import Open

DRAWN, BOXED, BRUSHED, CLICKED = ("BOX", "LASSO"), ("BOX",), ("BOX",), ("POINTS",)

SELECTS: dict[str, dict[str, tuple[str, ...]]] = {
    "faces": {"radii_small": BRUSHED, "attribute_bars": CLICKED},
    "components": {"component_histograms": BRUSHED},
    "correlations": {"pair_density": DRAWN},
    "bulk": {"plane_density": ("POINTS", *DRAWN), "distances": BRUSHED, "attribute_bars": CLICKED},
    "normality": {"bell": BRUSHED, "quantiles": BOXED, "pairs": DRAWN, "squared_distances": BOXED},
    "radii": {"radii": BRUSHED, "distances": BRUSHED},
    "paths": {"plane_path": ("POINTS", *DRAWN)},
    "studies": {"error_histogram": BRUSHED, "attribute_bars": CLICKED},
}
"""Charts of each page by their keys, with the gestures that select on them; of a page that is not here, none does.

A click in a plane chooses a point or a frame, whose neighbours a button selects.
"""

REASONS: dict[str, dict[str, str]] = {
    "start": {"lengths": "the first page shows one thing; Radii has the same chart to select on"},
    "components": {"means_and_widths": "its points are components; the histograms above it select along one"},
    "correlations": {
        **{f"matrix_{n}": "its cells are pairs of components" for n in range(3)},
        "coefficients": "its bars are pairs of components; the plane of one pair below selects",
    },
    "bulk": {
        "space": "plotly draws no lasso in three dimensions: a click chooses a point, a button selects its neighbours",
        "spectrum": "its points are axes; the plane above selects along them",
    },
    "normality": {
        "shapes": "its points are directions; the quantiles beside it select along one",
        "cuts": "its curves are shares that a cut would keep; distances above it select",
    },
    "radii": {"cube_bands": "its bands are of cubes, in which no vectors of the study lie"},
    "playground": {"standing": "its bars are of the one vector that the sliders move"},
    "paths": {"film": "its frames are no vectors of the study; the row below selects those nearest to them"},
    "studies": {"loss_curve": "its points are epochs"},
}
"""Charts on which nothing is selected, and why."""

CHOICES: dict[str, list[dict[str, str]]] = {
    "faces": [{"bars": "true"}],
    "bulk": [{"bars": "true"}, {"view": "space"}],
    "paths": [{"way": "plane"}, {"way": "faces"}],
    "studies": [{"bars": "true"}],
}
"""What opens all charts of a page, where it does not show them by itself."""


def modes(chart: object) -> tuple[str, ...]:
    """Return the gestures that a chart takes."""
    proto = chart.proto
    return tuple(proto.SelectionMode.Name(mode) for mode in proto.selection_mode)


@pytest.mark.parametrize("page", [room.file for room in PAGES])
def test_every_chart_selects_or_says_why_not(dashboard: Open, tiny_study: Study, page: str) -> None:
    seen = {}
    for choices in CHOICES.get(page, [{}]):
        drawn = {} if page in ("story", "scoreboard", "studies") else {"vectors": 24}
        app = dashboard(page, **drawn, **choices)
        assert not app.exception
        seen |= {chart.proto.id.rpartition("-")[2]: modes(chart) for chart in app.get("plotly_chart")}
    selects = SELECTS.get(page, {})
    assert {key: set(found) for key, found in seen.items() if found} == {k: set(v) for k, v in selects.items()}
    assert set(seen) - set(selects) == set(REASONS.get(page, {})), "select on it, or say why not"
