"""A box in a Q-Q plot chooses the vectors whose ranks and values lie in it."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

from core.errors import InputError
from core.selection import as_text, select
from core.selection.ranks import Ranks, ranks_along, ranks_of_distances
from core.selection.rules import AnyOf, Within
from core.statistics import Description, deviation, normal_radius_quantile
from core.study import Study


def box(x: tuple[float, float], y: tuple[float, float], **more: object) -> dict:
    return {"box": [{"x": list(x), "y": list(y), **more}]}


def test_a_box_on_a_direction_holds_those_whose_rank_and_value_lie_in_it(
    study: Study, description: Description
) -> None:
    values = description.axes.along(study.latents, [("component", 2)])[:, 0]
    rank = scipy.special.ndtri((scipy.stats.rankdata(values) - 0.5) / len(values))
    width = (values - values.mean()) / deviation(values)
    ranks = ranks_along(("component", 2), values)
    assert ranks.of == "component2"
    for x, y in [((0.3, 9), (-9, 9)), ((-9, 9), (0.5, 1.5)), ((-1, 0.5), (-0.6, 2)), ((2, -9), (-0.2, -9))]:
        rule = ranks.rule(box(x, y))
        truth = (min(x) <= rank) & (rank <= max(x)) & (min(y) <= width) & (width <= max(y))
        wrong = select(rule, study, description) ^ truth
        assert wrong.sum() <= 3, (x, y)  # at the edges, where a rank lies between two points of the plot
        assert 10 < truth.sum() < 230


def test_a_box_on_squared_distances_is_a_range_of_distances(study: Study, description: Description) -> None:
    ranks = ranks_of_distances(description)
    rule = ranks.rule(box((-5, 999), (4.0, 9.0)))
    assert as_text(rule) == "distance 2..3"
    upper = ranks.rule(box((float(np.square(normal_radius_quantile(0.9, 6))), 999), (0, 999)))
    assert isinstance(upper, Within)
    assert upper.high is None
    assert select(upper, study, description).mean() == pytest.approx(0.1, abs=0.01)


def test_boxes_beside_the_points_are_refused_and_several_are_joined() -> None:
    line = np.linspace(-2, 2, 200)
    ranks = Ranks("radius", line, line, np.linspace(1, 5, 200))
    for x, y in [((-2, -1), (1, 2)), ((3, 4), (-2, 2)), ((-2, 2), (-9, -8))]:
        with pytest.raises(InputError, match="holds no vector of the study"):
            ranks.rule(box(x, y))
    assert ranks.rule({"points": [], "box": []}) is None
    assert as_text(ranks.rule(box((-9, 9), (-9, 9)))) == "radius 1.."
    two = ranks.rule({"box": [*box((-2.5, -1), (-2, 2))["box"], *box((1, 2), (-2, 2.5))["box"]]})
    assert isinstance(two, AnyOf)
    assert as_text(two) == "radius ..2 or radius 4.."


def test_a_constant_direction_has_a_rule_of_its_one_value() -> None:
    assert as_text(ranks_along(("axis", 0), np.full(50, 3.0)).rule(box((-9, 9), (-1, 1)))) == "axis1 3.."
