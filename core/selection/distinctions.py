"""What distinguishes the vectors of a selection from the rest: largest effects, with intervals that hold at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from core.errors import MissingError
from core.selection.attributes import Values, values_of
from core.selection.rules import Has, Near, Number, Rule, leaves_of
from core.selection.selected import (
    PIECE,
    Selected,
    frame_along,
    measure,
    quantities_of,
    rule_within,
    told_by_some,
)
from core.space.frames import Frame
from core.space.quantities import Direction, direction_of, read_quantity
from core.space.shown import Shown
from core.statistics import EXACT, Description, Moments
from core.statistics.blocks import map_blocks
from core.statistics.differences import Differences, mean_differences, share_differences
from core.study import Study
from core.study.columns import Kind
from core.study.kept_columns import numbers_of

__all__ = ["CHANCE", "FEWEST", "Distinctions", "Part", "directions_asked", "distinguish", "parted"]

CHANCE = 0.01
"""That any of all intervals misses, so that a selection at random is distinguished by anything.

Intervals of small groups rest on normal laws: of selections of twelve vectors at random, a chance of 0.05 let 10 of 120
be distinguished by something, this one 2 of 120."""

FEWEST = 10
"""Vectors on each side, at least: the intervals of fewer say nothing."""

MOST_OF = 0.5
"""Share of a direction's squared length above which a component or an axis counts as that direction."""

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the vectors of a study: their number, mean (d,), and scatter (d, d) about it."""

    count: int
    mean: Floats
    scatter: Floats

    def along(self, axes: Floats | None) -> tuple[Floats, Floats]:
        """Return means and variances along axes (k, d), each (k,); of the components where there are none."""
        if axes is None:
            mean, spread = self.mean, np.diagonal(self.scatter)
        else:
            mean, spread = axes @ self.mean, np.einsum("ij,ij->i", axes @ self.scatter, axes)
        return mean, np.maximum(spread, 0.0) / max(1, self.count - 1)


@dataclass(frozen=True, eq=False)
class Distinctions:
    """How a selection differs from the rest in everything that is known, the largest findings first.

    Attributes
    ----------
    names : tuple of m str
        ``component3``, ``axis1``, ``radius`` and so on, or an attribute, of categories as ``suit=red``.
    kinds : tuple of m str
        ``component``, ``axis``, ``measure`` or ``attribute``.
    shares : bool array (m,)
        Whether both sides are shares; means otherwise.
    differences : Differences of m quantities
    made : bool array (m,)
        Whether the rule asks for this, so that a difference is no finding.
    looked_at : int
        Quantities whose intervals hold all at once: those that the rule does not ask for.
    compared : pair of int, optional
        How many vectors of the selection and of the rest the components and axes are of, where those are a sample.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    shares: npt.NDArray[np.bool_]
    differences: Differences
    made: npt.NDArray[np.bool_]
    looked_at: int
    compared: tuple[int, int] | None = None

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """Which differences are findings: beyond chance, and not what the rule asks for; (m,)."""
        return ~self.made & ((self.differences.low > 0) | (self.differences.high < 0))


@dataclass(frozen=True)
class _Group:
    """Quantities of one kind, with what their differences are computed from."""

    names: tuple[str, ...]
    kind: str
    counts: tuple[npt.ArrayLike, npt.ArrayLike]
    means: tuple[Floats, Floats]
    variances: tuple[Floats, Floats] | None  # None of shares, whose hits stand in place of means

    def differences(self, chance: float) -> Differences:
        if self.variances is None:
            return share_differences(self.counts, self.means, chance)
        return mean_differences(self.counts, self.means, self.variances, chance)


def distinguish(
    selected: Selected,
    study: Study,
    description: Description,
    values: Values | None = None,
    sides: tuple[Part, Part] | None = None,
    frame: Frame | None = None,
) -> Distinctions:
    """Return what distinguishes a selection: its components, principal axes, measures and attributes against the rest.

    Means are compared with Welch's intervals, shares with Newcombe's, all widened after Bonferroni, so that they hold
    at once with a chance of 1 - :data:`CHANCE`. What is known of fewer than :data:`FEWEST` on a side is left out.
    Where the ``values`` of the attributes, both ``sides`` of :func:`parted`, or the ``frame`` of
    :func:`directions_asked` are at hand, they are not made again.

    Raises
    ------
    MissingError
        If the selection or the rest has too few vectors.
    """
    rest = len(study) - selected.count
    if min(selected.count, rest) < FEWEST:
        raise MissingError(
            f"What distinguishes a selection is told from {FEWEST} vectors on, and as many others; this one has "
            f"{selected.count:,} of {len(study):,}, so choose another."
        )
    one, other = parted(selected, study, description) if sides is None else sides
    groups = [*_coordinates(one, other, description), *_measures(selected, study, description)]
    groups += _attributes(selected, study, values_of(study) if values is None else values)
    names = tuple(name for group in groups for name in group.names)
    kinds = tuple(group.kind for group in groups for _ in group.names)
    asked = _asked(selected.rule) | _along(directions_asked(selected.rule), study, description, frame)
    made = np.array([_is_made(name, kind, asked) for name, kind in zip(names, kinds, strict=True)])
    looked_at = int(np.count_nonzero(~made))
    parts = [group.differences(CHANCE / max(1, looked_at)) for group in groups]
    joined = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("one", "other", "effect", "low", "high")
    )
    shares = np.concatenate([np.full(len(group.names), group.variances is None) for group in groups])
    compared = None if one.count == selected.count else (one.count, other.count)
    return _ordered(Distinctions(names, kinds, shares, Differences(*joined), made, looked_at, compared))


def parted(selected: Selected, study: Study, description: Description, shown: Shown | None = None) -> tuple[Part, Part]:
    """Return the vectors of a selection and the rest; only the fewer of them are read, in blocks.

    Where :func:`core.selection.selected.told_by_some` says so, they are those of the vectors that are ``shown``.
    """
    moments = description.moments
    if shown is not None and told_by_some(selected, shown):
        inside = selected.mask[shown.rows]
        return _some(shown.vectors[inside], moments.mean), _some(shown.vectors[~inside], moments.mean)
    few = selected.mask if 2 * selected.count <= len(study) else ~selected.mask
    count, shift, scatter = 0, np.zeros_like(moments.mean), np.zeros_like(moments.scatter)
    for start in range(0, len(study), PIECE):
        rows = few[start : start + PIECE]
        if rows.any():
            for deviations, products in map_blocks(
                partial(_sums, moments.mean), study.latents[start : start + PIECE][rows]
            ):
                shift += deviations
                scatter += products
            count += int(np.count_nonzero(rows))
    if not count:
        one, other = Part(0, shift, scatter), Part(moments.count, moments.mean, moments.scatter)
    else:
        one = Part(count, moments.mean + shift / count, scatter - np.outer(shift, shift) / count)
        other = _without(moments, one)
    return (one, other) if few is selected.mask else (other, one)


def _some(vectors: npt.NDArray[np.floating], centre: Floats) -> Part:
    shifts, scatters = zip(*map_blocks(partial(_sums, centre), vectors), strict=True)
    shift, scatter = np.sum(shifts, axis=0), np.sum(scatters, axis=0)
    return Part(len(vectors), centre + shift / len(vectors), scatter - np.outer(shift, shift) / len(vectors))


def _sums(centre: Floats, block: Floats) -> tuple[Floats, Floats]:
    """Return the sum of the deviations of a block (n, d) from a centre, (d,), and that of their products, (d, d)."""
    deviations = block - centre
    return deviations.sum(axis=0), deviations.T @ deviations


def _without(moments: Moments, part: Part) -> Part:
    """Return what is left of vectors without a part of them: the update of Chan, Golub and LeVeque backwards."""
    left = moments.count - part.count
    mean = (moments.count * moments.mean - part.count * part.mean) / left
    apart = part.mean - mean
    return Part(left, mean, moments.scatter - part.scatter - part.count * left / moments.count * np.outer(apart, apart))


def _coordinates(one: Part, other: Part, description: Description) -> Iterator[_Group]:
    dimension = description.dimension
    for kind, first, axes in (("component", 0, None), ("axis", 1, description.axes.axes)):
        means, variances = (list(pair) for pair in zip(one.along(axes), other.along(axes), strict=True))
        if axes is not None:  # measured from the centre, as pages do
            means = [mean - axes @ description.axes.mean for mean in means]
        names = tuple(f"{kind}{first + i}" for i in range(dimension))
        full = (np.full(dimension, one.count), np.full(dimension, other.count))
        yield _Group(names, kind, full, (means[0], means[1]), (variances[0], variances[1]))


def _measures(selected: Selected, study: Study, description: Description) -> Iterator[_Group]:
    for name in ("radius", "distance", *(("error",) if study.has_errors else ())):
        yield from _numbers(name, "measure", measure(study, description, name), selected)


def _attributes(selected: Selected, study: Study, values: Values) -> Iterator[_Group]:
    """Yield numbers one by one, then all that is so or not in one group: its intervals are computed at once."""
    for column in study.columns:
        if column.kind is Kind.NUMBER:
            yield from _numbers(column.name, "attribute", numbers_of(study, column.name), selected)
    inside, all_of_them = values.counts(selected.mask), values.counts()
    (n, x), (k, y) = inside, (whole - part for whole, part in zip(all_of_them, inside, strict=True))
    enough = np.flatnonzero(np.minimum(n, k) >= FEWEST)
    if len(enough):
        rules = [values.rules[place] for place in enough]
        names = tuple(r.attribute if r.value is True else f"{r.attribute}={r.value}" for r in rules)
        known, hits = (tuple(side[enough].astype(np.float64) for side in pair) for pair in ((n, k), (x, y)))
        yield _Group(names, "attribute", (known[0], known[1]), (hits[0], hits[1]), None)


def _numbers(name: str, kind: str, values: npt.NDArray[np.floating], selected: Selected) -> Iterator[_Group]:
    """Yield how a number differs, where it is known of enough; many vectors are gone through in pieces, which merge."""
    one, other = _Spread(), _Spread()
    for start in range(0, len(values), EXACT):
        piece = np.asarray(values[start : start + EXACT], np.float64)
        known, chosen = np.isfinite(piece), selected.mask[start : start + EXACT]
        one, other = one.with_values(piece[known & chosen]), other.with_values(piece[known & ~chosen])
    if min(one.count, other.count) >= FEWEST:
        means = np.array([one.mean]), np.array([other.mean])
        variances = np.array([one.variance]), np.array([other.variance])
        yield _Group((name,), kind, (one.count, other.count), means, variances)


@dataclass(frozen=True)
class _Spread:
    """Number, mean and unbiased variance of values; merged after Chan, Golub and LeVeque."""

    count: int = 0
    mean: float = 0.0
    variance: float = 0.0

    def with_values(self, values: Floats) -> _Spread:
        """Return those of more values."""
        if not len(values):
            return self
        count, mean = len(values), float(values.mean())
        variance = float(values.var(ddof=1)) if count > 1 else 0.0
        if not self.count:
            return _Spread(count, mean, variance)
        total, apart = self.count + count, mean - self.mean
        squares = (self.count - 1) * self.variance + (count - 1) * variance + apart**2 * self.count * count / total
        return _Spread(total, self.mean + apart * count / total, squares / (total - 1))


def _asked(rule: Rule) -> set[tuple[str, str]]:
    """Return what a rule asks for by name, as pairs of kind and name; neighbours are chosen by all coordinates."""
    asked: set[tuple[str, str]] = set()
    for leaf in leaves_of(rule):
        if isinstance(leaf, Has | Number):
            asked.add(("attribute", leaf.attribute))
        if isinstance(leaf, Near):
            asked |= {("component", ""), ("axis", ""), ("measure", "radius"), ("measure", "distance")}
        asked |= {("quantity", name) for name in quantities_of(leaf)}
        for name in quantities_of(leaf):
            if (inner := rule_within(name)) is not None:
                asked |= _asked(inner)
            elif (named := read_quantity(name)) is not None:
                asked.add(("attribute", named[1].attribute))
    return asked


def directions_asked(rule: Rule) -> tuple[Direction, ...]:
    """Return the directions of the latent space that a rule asks for coordinates along; the map has none."""
    found: list[Direction] = []
    for leaf in leaves_of(rule):
        for name in quantities_of(leaf):
            found += [] if (inner := rule_within(name)) is None else directions_asked(inner)
            if (direction := direction_of(name)) is not None and direction[0] != "umap":
                found.append(direction)
    return tuple(dict.fromkeys(found))


def _along(
    directions: tuple[Direction, ...], study: Study, description: Description, frame: Frame | None
) -> set[tuple[str, str]]:
    """Return the components and axes that make up more than :data:`MOST_OF` of the length of a direction, squared."""
    if not directions:
        return set()
    basis = (frame_along(study, description, directions) if frame is None else frame).basis
    asked = set()
    for kind, first, weights in (("component", 0, basis), ("axis", 1, basis @ description.axes.axes.T)):
        asked |= {("quantity", f"{kind}{first + i}") for i in np.flatnonzero((weights**2 > MOST_OF).any(axis=0))}
    return asked


def _is_made(name: str, kind: str, asked: set[tuple[str, str]]) -> bool:
    if kind == "attribute":
        return any(of == "attribute" and (name == known or name.startswith(f"{known}=")) for of, known in asked)
    return not asked.isdisjoint({("quantity", name), (kind, ""), (kind, name)})


def _ordered(found: Distinctions) -> Distinctions:
    """Return the same, findings before what is none, each from the largest effect on."""
    size = np.abs(found.differences.effect)
    order = np.lexsort((-size, ~found.found))
    differences = Differences(
        *(getattr(found.differences, name)[order] for name in ("one", "other", "effect", "low", "high"))
    )
    return Distinctions(
        tuple(found.names[i] for i in order),
        tuple(found.kinds[i] for i in order),
        found.shares[order],
        differences,
        found.made[order],
        found.looked_at,
        found.compared,
    )
