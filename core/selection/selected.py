"""Which vectors of a study a rule chooses, counted exactly at any size: they are read in blocks, once for each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.plain import as_text
from core.selection.files import digest_of
from core.selection.polygons import inside
from core.selection.rules import (
    AllOf,
    AnyOf,
    Box,
    Has,
    Images,
    Near,
    Not,
    Number,
    Polygon,
    Rule,
    Unusual,
    Within,
    leaves_of,
)
from core.selection.text import parse
from core.space.frames import Frame, check_direction, frame_of
from core.space.quantities import OF_RULES, Direction, direction_of, quantity_of, read_quantity
from core.space.shown import Shown
from core.statistics import Description, Histograms, Moments
from core.statistics.blocks import map_blocks
from core.statistics.nearest import nearest_rows
from core.study import Study
from core.study.columns import Kind
from core.study.kept_columns import errors_of, having, numbers_of
from core.study.names import rows_called

__all__ = [
    "Coordinates",
    "Selected",
    "check_rule",
    "frame_along",
    "histograms_of",
    "measure",
    "quantities_of",
    "rule_within",
    "select",
    "told_by_some",
]

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

Coordinates = Callable[[tuple[Direction, ...]], Sequence[Floats]]
"""Returns coordinates (n,) of all vectors along each of some directions."""


PIECE = 65_536
"""Rows from which the chosen ones are taken at once."""

READ, FEWEST_SHOWN = 40_000, 200
"""Vectors of a selection, or of the rest, that are read at once, all of them; and how many of either there are to be
among those that stand for all, so that these do in their place."""


@dataclass(frozen=True, eq=False)
class Selected:
    """A rule with the vectors of a study that it chooses.

    Attributes
    ----------
    rule : Rule
    mask : bool array (n,)
    name : str
        As its owner calls it; "" where it has none.
    place : int
        Among several: of its colour and its sign.
    """

    rule: Rule
    mask: Mask
    name: str = ""
    place: int = 0

    def __len__(self) -> int:
        return int(self.count)

    @property
    def title(self) -> str:
        """The name as it is written on pages and charts."""
        return as_text(self.name) or (f"selection {self.place + 1}" if self.place else "the selection")

    @cached_property
    def count(self) -> int:
        """Number of vectors that are chosen."""
        return int(np.count_nonzero(self.mask))

    @property
    def rows(self) -> npt.NDArray[np.intp]:
        """Their rows in the study."""
        return np.flatnonzero(self.mask)

    @cached_property
    def digest(self) -> str:
        """Of the rule: the same under another name or in another colour."""
        return digest_of(self.rule)


def check_rule(rule: Rule, study: Study) -> None:
    """Raise `InputError` if a rule asks for what a study does not have."""
    for leaf in leaves_of(rule):
        match leaf:
            case Has(attribute, value):
                _check_has(study, attribute, value)
            case Number(attribute):
                if study.column(attribute).kind is not Kind.NUMBER:
                    raise InputError(f"The attribute {attribute!r} is no number; ask whether it has a value.")
            case Near(_, image, vector):
                _check_near(study, image, vector)
        for name in quantities_of(leaf):
            _check_quantity(study, name)


def select(rule: Rule, study: Study, description: Description, coordinates: Coordinates | None = None) -> Mask:
    """Return which vectors of a study a rule chooses, (n,).

    Parameters
    ----------
    rule : Rule
    study : Study
    description : Description
        Of its vectors.
    coordinates : Coordinates, optional
        Where coordinates of all vectors are at hand already; the vectors are read in blocks otherwise.

    Raises
    ------
    InputError
        If the rule asks for what the study does not have.
    """
    check_rule(rule, study)
    leaves = list(dict.fromkeys(leaves_of(rule)))
    masks = {leaf: np.zeros(len(study), np.bool_) for leaf in leaves}
    plane = [leaf for leaf in leaves if isinstance(leaf, Within | Box | Polygon)]
    if plane:
        for start, known in _quantities(plane, study, description, coordinates):
            for one in plane:
                chosen = _chosen(one, [known[name] for name in quantities_of(one)])
                masks[one][start : start + len(chosen)] = chosen
    near = [leaf for leaf in leaves if isinstance(leaf, Near)]
    masks |= _nearest(near, study, description)
    for leaf in leaves:
        if not isinstance(leaf, Within | Box | Polygon | Near):
            masks[leaf] = _known_of(leaf, study, description)
    return _joined(rule, masks)


def frame_along(study: Study, description: Description, directions: Sequence[Direction]) -> Frame:
    """Return the frame of any directions, among them those of rules; raise `InputError` if the study has no such."""
    for direction in directions:
        _check_quantity(study, quantity_of(direction))
    return frame_of(study, description, directions, lambda text: select(parse(text), study, description))


def rule_within(quantity: str) -> Rule | None:
    """Return the rule whose discriminant a quantity is a coordinate along; None where it is of none."""
    named = read_quantity(quantity)
    return parse(named[1].attribute) if named is not None and named[0] in OF_RULES else None


def told_by_some(selected: Selected, shown: Shown | None) -> bool:
    """Return whether a selection is told from the rest by the vectors that stand for a study in pictures.

    That is where it is none of a few, nor all but a few: of those all are read. Never where there is none that is
    ``shown``, or all are.
    """
    if shown is None or shown.rows is None:
        return False
    inside = int(np.count_nonzero(selected.mask[shown.rows]))
    few = min(selected.count, len(selected.mask) - selected.count)
    return few > READ and min(inside, len(shown) - inside) >= FEWEST_SHOWN


def histograms_of(
    selected: Selected, study: Study, description: Description, components: Sequence[int], shown: Shown | None = None
) -> Histograms | None:
    """Return histograms of some components of the chosen vectors, in their order, in the study's bins.

    None where nothing is chosen. What is chosen of most vectors follows exactly from the rest and the study's counts.
    Where :func:`told_by_some` says so, those of the vectors that are ``shown``.
    """
    moments, which = description.moments, list(components)
    whole = description.histograms
    grid = replace(whole, centre=whole.centre[which], width=whole.width[which], counts=0 * whole.counts[which])
    if shown is not None and told_by_some(selected, shown):
        some = shown.vectors[selected.mask[shown.rows]][:, which]
        return _cropped(replace(grid, counts=grid.counts + sum(map_blocks(grid.counts_of, some))), which, moments)
    few = selected.mask if 2 * selected.count <= len(study) else ~selected.mask  # the fewer are read, alone
    counts = grid.counts
    for start in range(0, len(study), PIECE):
        rows = np.flatnonzero(few[start : start + PIECE])
        if len(rows):
            vectors = study.latents[start : start + PIECE][rows[:, None], which]
            counts = counts + sum(map_blocks(grid.counts_of, vectors))
    if few is not selected.mask:
        counts = whole.counts[which] - counts
    return _cropped(replace(grid, counts=counts), which, moments) if counts.any() else None


def _cropped(counted: Histograms, which: Sequence[int], moments: Moments) -> Histograms:
    """Return histograms of some components in no more bins than these reach over."""
    ends = (of[which] for of in (moments.mean, moments.widths, moments.minimum, moments.maximum))
    grid = Histograms.empty(*ends)
    first = grid.first - counted.first
    return replace(grid, counts=counted.counts[:, first : first + grid.counts.shape[1]])


def _joined(rule: Rule, masks: dict[Rule, Mask]) -> Mask:
    match rule:
        case AllOf(parts):
            return np.asarray(np.all([_joined(part, masks) for part in parts], axis=0))
        case AnyOf(parts):
            return np.asarray(np.any([_joined(part, masks) for part in parts], axis=0))
        case Not(part):
            return ~_joined(part, masks)
    return masks[rule]


def quantities_of(leaf: Rule) -> tuple[str, ...]:
    """Return the quantities that a rule asks for by itself."""
    match leaf:
        case Within(of) | Unusual(_, of):
            return (of,)
        case Box(across, up) | Polygon(across, up):
            return across, up
    return ()


def _quantities(
    leaves: Sequence[Rule], study: Study, description: Description, coordinates: Coordinates | None
) -> Iterator[tuple[int, dict[str, Floats]]]:
    """Yield blocks of all quantities that rules ask for: where each begins, and the numbers by name."""
    names = tuple(dict.fromkeys(name for leaf in leaves for name in quantities_of(leaf)))
    along = {name: direction for name in names if (direction := direction_of(name)) is not None}
    measures = {name: measure(study, description, name) for name in names if name not in along}
    directions, start = tuple(along.values()), 0
    if not directions or coordinates is not None:
        at_hand = dict(zip(along, coordinates(directions), strict=True)) if directions and coordinates else {}
        for start in range(0, len(study), PIECE):
            numbers = {**at_hand, **measures}
            yield start, {name: _floats(values[start : start + PIECE]) for name, values in numbers.items()}
        return
    for block in frame_along(study, description, directions).blocks(study):
        columns = dict(zip(along, block.T, strict=True))
        known = {name: _floats(values[start : start + len(block)]) for name, values in measures.items()}
        yield start, {**columns, **known}
        start += len(block)


def measure(study: Study, description: Description, name: str) -> npt.NDArray[np.floating]:
    """Return radius, distance or error of all vectors of a study, (n,); NaN where an error is not known.

    Of a large study they are float32 and memory-mapped.
    """
    if name == "error":
        return errors_of(study)
    return np.asarray(description.radii if name == "radius" else description.distances)


def _floats(values: npt.NDArray[np.floating]) -> Floats:
    return np.asarray(values, np.float64)


def _chosen(leaf: Within | Box | Polygon, values: Sequence[Floats]) -> Mask:
    if isinstance(leaf, Within):
        return _between(values[0], leaf.low, leaf.high)
    if isinstance(leaf, Box):
        return _between(values[0], leaf.left, leaf.right) & _between(values[1], leaf.bottom, leaf.top)
    return inside(np.stack(values, axis=1), leaf.corners)


def _known_of(leaf: Rule, study: Study, description: Description) -> Mask:
    match leaf:
        case Has(attribute, value):
            return having(study, attribute, value)[0]
        case Number(attribute, low, high):
            return _between(numbers_of(study, attribute), low, high)
        case Images(names):
            chosen = np.zeros(len(study), np.bool_)
            chosen[rows_called(study, names)] = True
            return chosen
        case Unusual(count, of):
            return _first(-measure(study, description, of), count)
    raise TypeError(leaf)  # pragma: no cover


def _nearest(leaves: Sequence[Near], study: Study, description: Description) -> dict[Rule, Mask]:
    """Return which vectors are among the nearest to those of some rules; all vectors are read once for all of them."""
    if not leaves:
        return {}
    ends = [np.array(one.vector if one.image is None else _vector_of(study, one.image), np.float64) for one in leaves]
    counts = [min(one.count, len(study)) for one in leaves]
    found: dict[Rule, Mask] = {leaf: np.zeros(len(study), np.bool_) for leaf in leaves}
    nearest = nearest_rows(study.latents, measure(study, description, "radius"), np.stack(ends), counts)
    for leaf, rows in zip(leaves, nearest, strict=True):
        found[leaf][rows] = True
    return found


def _vector_of(study: Study, image: str) -> npt.NDArray[np.floating]:
    return np.asarray(study.latents[_row_of(study, image)])


def _between(values: npt.NDArray[np.floating], low: float | None, high: float | None) -> Mask:
    """Return which values lie in a range; one that is not known, NaN, lies in none."""
    chosen = ~np.isnan(values)
    if low is not None:
        chosen &= values >= low
    if high is not None:
        chosen &= values <= high
    return np.asarray(chosen)


def _first(values: npt.NDArray[np.floating], count: int) -> Mask:
    """Return which are the ``count`` smallest values; of equal ones, those of the first rows; NaN never."""
    chosen, near = np.zeros(len(values), np.bool_), ~np.isnan(values)
    if count < len(values) and not np.isnan(last := np.partition(values, count - 1)[count - 1]):
        near = values <= last
    rows = np.flatnonzero(near)
    chosen[rows[np.argsort(values[rows], kind="stable")[:count]]] = True
    return np.asarray(chosen)


def _row_of(study: Study, image: str) -> int:
    places = rows_called(study, [image])
    if not len(places):
        raise InputError(f"The study {study.name} has no image {image[:80]!r}; name another.")
    return int(places[0])


def _check_near(study: Study, image: str | None, vector: tuple[float, ...] | None) -> None:
    if vector is not None and len(vector) != study.dimension:
        raise InputError(f"The vector of a rule has {len(vector)} components, not {study.dimension}.")
    if image is not None:
        _row_of(study, image)


def _check_quantity(study: Study, name: str) -> None:
    if (direction := direction_of(name)) is not None:
        check_direction(study, direction)
    if (inner := rule_within(name)) is not None:
        check_rule(inner, study)
    if name == "error" and not study.has_errors:
        raise InputError(f"No reconstruction error is known in the study {study.name}; ask for something else.")


def _check_has(study: Study, attribute: str, value: bool | str) -> None:
    column = study.column(attribute)
    if column.kind is Kind.NUMBER:
        raise InputError(f"The attribute {attribute!r} is a number; give a range, as in 0..1.")
    if (column.kind is Kind.BOOL) != isinstance(value, bool):
        what = "yes or no" if column.kind is Kind.BOOL else f"one of {', '.join(column.categories)}"
        raise InputError(f"The attribute {attribute!r} is {what}; ask for that.")
    if column.kind is Kind.CATEGORY and value not in column.categories:
        raise InputError(f"{attribute!r} is one of {', '.join(column.categories)}, not {str(value)[:40]!r}.")
