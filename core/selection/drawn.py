"""Rules drawn with a pointer: what plotly reports of a lasso, a box or a brushed histogram, and where a rule lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from core.selection.polygons import rounded, simplified
from core.selection.rules import AnyOf, Box, Polygon, Rule, Within, leaves_of

__all__ = ["brushed_rule", "drawn_rule", "outlines"]

T = TypeVar("T")


def drawn_rule(selection: Mapping[str, Any], *planes: tuple[str, str]) -> Rule | None:
    """Return the rule of what was drawn around points of two quantities; None where nothing was.

    Of several planes in one chart, what was drawn names the axis: ``x`` of the first, ``x2`` of the second and so on.

    Parameters
    ----------
    selection : mapping
        What Streamlit reports of a plotly chart: of each ``lasso`` and ``box``, its ``x`` and ``y``.
    planes : pairs of str
        The quantities of each plane, across and up.

    Raises
    ------
    InputError
        If a line encloses nothing.
    """
    named = _by_axis(planes)
    rules: list[Rule] = [
        Polygon(*named[one.get("xref", "x")], simplified(np.column_stack([one["x"], one["y"]])))
        for one in selection.get("lasso", [])
    ]
    rules += [Box(*named[one.get("xref", "x")], *_ends(one["x"]), *_ends(one["y"])) for one in selection.get("box", [])]
    return None if not rules else rules[0] if len(rules) == 1 else AnyOf(tuple(rules))


def brushed_rule(selection: Mapping[str, Any], *of: str) -> Rule | None:
    """Return the rule of what was brushed on histograms of quantities; None where nothing was.

    Of several histograms in one chart, the box names the axis: ``x`` of the first, ``x2`` of the second and so on.
    """
    named = _by_axis(of)
    rules: list[Rule] = [Within(named[one.get("xref", "x")], *_ends(one["x"])) for one in selection.get("box", [])]
    return None if not rules else rules[0] if len(rules) == 1 else AnyOf(tuple(rules))


def outlines(rule: Rule | None, across: str, up: str) -> Iterator[npt.NDArray[np.float64]]:
    """Yield the closed lines (m, 2) of the polygons and boxes of a rule that lie in a plane of two quantities."""
    for leaf in leaves_of(rule) if rule is not None else ():
        if isinstance(leaf, Polygon) and (leaf.across, leaf.up) == (across, up):
            yield np.array([*leaf.corners, leaf.corners[0]])
        if isinstance(leaf, Box) and (leaf.across, leaf.up) == (across, up):
            x, y = (leaf.left, leaf.right), (leaf.bottom, leaf.top)
            yield np.array([(x[i], y[j]) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))])


def _by_axis(of: Sequence[T]) -> dict[str, T]:
    """Return what each of several charts in one shows, by the name of its horizontal axis."""
    return {f"x{number}" if number > 1 else "x": one for number, one in enumerate(of, 1)}


def _ends(values: list[float]) -> tuple[float, float]:
    low, high = rounded(np.array([min(values), max(values)], np.float64))
    return float(low), float(high)
