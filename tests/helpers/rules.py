"""Rules at random, of all kinds, for the study of :mod:`tests.selection.conftest`."""

from __future__ import annotations

from hypothesis import strategies as some

from core.selection.rules import AllOf, AnyOf, Box, Has, Images, Near, Not, Number, Polygon, Unusual, Within
from tests.selection.conftest import COUNT, DIMENSION

__all__ = ["leaves", "rules"]

numbers = some.floats(-3, 3).map(lambda x: round(x, 3))
quantities = some.sampled_from([
    "radius", "distance", "error", "axis1", "axis3", "component0", "component5",
    "apart(won)", 'off_apart("radius 2..")',
    "difference(won)", 'difference("the suit"="a \\"b\\"")', "difference(radius)",
])  # fmt: skip
ends = some.tuples(numbers, numbers).map(sorted)
images = some.integers(0, COUNT - 1).map("picture {}.jpg".format)

attributes = some.one_of(
    some.builds(Has, some.sampled_from(["won", "radius"]), some.booleans()),
    some.builds(Has, some.just("the suit"), some.sampled_from(["red", "no", 'a "b"'])),
    ends.map(lambda pair: Number("age", abs(pair[0]) * 10, None)),
    ends.map(lambda pair: Number("age", None, 30 + 10 * pair[1])),
)
ranges = some.builds(lambda of, pair: Within(of, *pair), quantities, ends)
boxes = some.builds(lambda a, b, x, y: Box(a, b, *x, *y), quantities, quantities, ends, ends)
polygons = some.builds(
    Polygon, quantities, quantities, some.lists(some.tuples(numbers, numbers), min_size=3, max_size=7).map(tuple)
)
counted = some.one_of(
    some.builds(Near, some.integers(1, COUNT + 9), images),
    some.builds(
        lambda count, vector: Near(count, vector=vector),
        some.integers(1, 50),
        some.tuples(*[numbers] * DIMENSION),
    ),
    some.builds(Unusual, some.integers(1, COUNT + 9), some.sampled_from(["distance", "radius", "error"])),
    some.lists(images, min_size=1, max_size=5).map(lambda names: Images(tuple(names))),
)
leaves = some.one_of(attributes, ranges, boxes, polygons, counted)
rules = some.recursive(
    leaves,
    lambda inner: some.one_of(
        some.lists(inner, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        some.lists(inner, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)
