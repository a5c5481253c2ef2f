"""Directions that an attribute or a selection has: from one mean to another, and what tells its values apart best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import InputError, MissingError
from core.plain import as_text
from core.space.quantities import OF_RULES, Direction, Trait, named_quantity, read_quantity, read_trait
from core.space.ways import attribute_direction
from core.statistics import Description
from core.statistics.blocks import single_threaded_algebra
from core.study import Study
from core.study.columns import Kind
from core.study.kept_columns import having
from core.study.study_sets import study_halves

__all__ = [
    "ACROSS",
    "Discriminant",
    "apart",
    "attribute_plane",
    "check_trait",
    "difference",
    "discriminant",
    "discriminant_plane",
    "discriminated",
    "longest_across",
    "traits_of",
    "usual",
]

Floats = npt.NDArray[np.float64]

ACROSS = "-"
"""In place of a second attribute: the longest axis across the first; no attribute is written so."""

MOST = 20_000
"""Vectors that a discriminant is learned from and judged by, each, at most."""

FEWEST = 10
"""Vectors of each value that it needs on either side."""


@dataclass(frozen=True, eq=False)
class Discriminant:
    """Directions in which the values of an attribute are told apart best.

    Attributes
    ----------
    directions : array (k, d)
        Unit vectors, the best first; one fewer than there are values, at most two.
    values : tuple of str
        The values, as readers call them.
    accuracy : float
        Share of the vectors it did not learn from that it assigns to their value.
    majority : float
        The same share if always the more frequent value were said.
    ordered : float or None
        Of two values: how often, of a vector of each, that of the second lies farther along; the area under the ROC
        curve.
    learned, judged : int
        Vectors that it learned from, and those by which it was judged.
    """

    directions: Floats
    values: tuple[str, ...]
    accuracy: float
    majority: float
    ordered: float | None
    learned: int
    judged: int


def traits_of(study: Study) -> dict[str, str]:
    """Return what a difference of means can be taken of, as addresses and as readers call it.

    Yes or no, numbers, and each value of categories against all others.
    """
    found = [Trait(c.name, v) for c in study.columns for v in (c.categories if c.kind is Kind.CATEGORY else (None,))]
    return {str(trait): trait.label for trait in found}


def discriminated(study: Study) -> dict[str, str]:
    """Return the attributes whose values can be told apart, as addresses and as readers call them."""
    return {str(Trait(c.name)): c.label for c in study.columns if c.kind is not Kind.NUMBER}


def attribute_plane(study: Study, across: str = "", up: str = ACROSS) -> tuple[Direction, Direction]:
    """Return the plane of two of :func:`traits_of`, or of one, the first by default, and the longest axis across it.

    Raises
    ------
    InputError
        If the study has no such, or both are the same.
    """
    known = traits_of(study)
    first = _known(across, known)
    if up != ACROSS and _known(up, known) == first:
        raise InputError("A plane needs two different attributes; choose another one.")
    family, second = ("off_difference", first) if up == ACROSS else ("difference", up)
    return (named_quantity("difference", read_trait(first)), 0), (named_quantity(family, read_trait(second)), 0)


def discriminant_plane(study: Study, of: str = "") -> tuple[Direction, Direction]:
    """Return the plane of the discriminant of one of :func:`discriminated`, the first by default, or of a selection.

    That is named by its quantity, as in ``apart("radius 10..15")``. Up is the second discriminant where there are three
    values, else the longest axis across the first.
    """
    try:
        named = read_quantity(of)
    except ValueError:
        named = None
    if named is not None and named[0] in OF_RULES:
        return (named_quantity(OF_RULES[0], named[1]), 0), (named_quantity(OF_RULES[1], named[1]), 0)
    trait = read_trait(_known(of, discriminated(study)))
    more = len(study.column(trait.attribute).categories) > 2
    return (
        (named_quantity("discriminant", trait), 0),
        (named_quantity("discriminant2" if more else "off_discriminant", trait), 0),
    )


def _known(trait: str, known: Mapping[str, str]) -> str:
    if not known:
        raise MissingError("This study has no attributes that a plane could be laid along; give some with its images.")
    if trait and trait not in known:
        raise InputError(f"An attribute must be one of {', '.join(known)}, not {trait[:40]!r}.")
    return trait or usual(known)


def usual(known: Mapping[str, str]) -> str:
    """Return which of some traits a view begins with: the one that the series' own data are best known by, if there."""
    return "Smiling" if "Smiling" in known else next(iter(known))


def check_trait(study: Study, family: str, trait: Trait) -> None:
    """Raise `InputError` if a study has no such direction; whoever chooses by rules checks theirs."""
    if family in OF_RULES:
        return
    column = study.column(trait.attribute)
    if trait.value is not None and trait.value not in column.categories:
        raise InputError(f"The attribute {trait.attribute!r} has no value {trait.value[:80]!r}.")
    if "discriminant" in family:
        _check_discriminated(study, family, trait)
    elif column.kind is Kind.CATEGORY and trait.value is None:
        values = ", ".join(column.categories)
        raise InputError(f"A difference is that of one value of {trait.attribute!r} against the others: {values}.")
    elif column.kind is not Kind.NUMBER:
        having, known = _having(study, trait)
        if not having.any() or not (known & ~having).any():
            raise InputError(
                f"All or none of the study's images have the attribute {trait.attribute!r}; choose another one."
            )


def difference(study: Study, trait: Trait) -> Floats:
    """Return the unit vector (d,) from the mean of the vectors without a trait to that of those with it.

    Of a number, what a regression expects of the vector where the number grows.

    Raises
    ------
    InputError
        If no vectors differ in it.
    """
    if trait.value is None:
        return _unit(attribute_direction(study, trait.attribute), trait)
    having, known = _having(study, trait)
    check_trait(study, "difference", trait)
    return _unit(_mean(study, having) - _mean(study, known & ~having), trait)


def longest_across(description: Description, direction: Floats) -> Floats:
    """Return the longest principal axis (d,) of a bulk from which a direction (d,), a unit vector, is taken out."""
    covariance = description.moments.covariance
    along = covariance @ direction
    left = covariance - np.outer(direction, along) - np.outer(along, direction)
    left += (direction @ along) * np.outer(direction, direction)
    with single_threaded_algebra:
        axis = np.linalg.eigh(left)[1][:, -1]
    axis = axis - (axis @ direction) * direction
    return np.asarray(axis / np.linalg.norm(axis) * np.sign(axis[np.abs(axis).argmax()]))


def discriminant(study: Study, trait: Trait) -> Discriminant:
    """Return the linear discriminant of an attribute (Fisher 1936), its covariance shrunk after Ledoit and Wolf.

    It is learned from one half of the study and judged by the other, whose groups it has not seen.

    Raises
    ------
    InputError
        If a value has fewer than ten vectors in either half.
    """
    _check_discriminated(study, "discriminant", trait)
    codes, values = _codes(study, trait)
    half = study_halves(study)
    sides = [_some(np.flatnonzero((codes >= 0) & side)) for side in (half, ~half)]
    return _told_apart(study, codes, values, sides, f"the values of {trait.attribute!r}", "another attribute")


def apart(study: Study, chosen: npt.NDArray[np.bool_]) -> Discriminant:
    """Return the linear discriminant of some vectors, a mask (n,), against the rest, as that of an attribute.

    Raises
    ------
    InputError
        If there are fewer than ten vectors of either in either half.
    """
    half, most = study_halves(study), MOST // 2
    sides = [
        np.sort(np.concatenate([_some(np.flatnonzero((chosen == so) & side), most) for so in (False, True)]))
        for side in (half, ~half)
    ]
    values = ("not selected", "selected")
    return _told_apart(study, chosen.view(np.int8), values, sides, "a selection and the rest", "a wider one")


def _told_apart(
    study: Study,
    codes: npt.NDArray[np.int8],
    values: tuple[str, ...],
    sides: Sequence[npt.NDArray[np.intp]],
    what: str,
    other: str,
) -> Discriminant:
    """Return the discriminant of values by their numbers (n,), learned from rows on one side and judged by the other.

    Where there are too few, ``what`` cannot be told apart, and ``other`` would do.
    """
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis  # takes a second to load
    from sklearn.metrics import roc_auc_score

    for rows in sides:
        if np.bincount(codes[rows], minlength=len(values)).min(initial=FEWEST) < FEWEST:
            raise InputError(
                f"To tell {what} apart takes {FEWEST} vectors of each in either half of the study; choose {other}."
            )
    learned, judged = sides
    with single_threaded_algebra:
        law = LinearDiscriminantAnalysis(solver="lsqr" if len(values) == 2 else "eigen", shrinkage="auto")
        law.fit(np.asarray(study.latents[learned], np.float64), codes[learned])
        unseen = np.asarray(study.latents[judged], np.float64)
        truth, found = codes[judged], law.predict(unseen)
    # Of two values, Σ⁻¹(μ₁ - μ₀), to the right for the second: the other solver shrinks the scatter of all, too, which
    # turns a weak difference towards chance.
    directions = law.coef_[:1] if len(values) == 2 else np.asarray(law.scalings_, np.float64).T[:2]
    ordered = float(roc_auc_score(truth, unseen @ directions[0])) if len(values) == 2 else None
    majority = float(np.bincount(truth).max() / len(truth))
    units = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return Discriminant(units, values, float((found == truth).mean()), majority, ordered, len(learned), len(judged))


def _check_discriminated(study: Study, family: str, trait: Trait) -> None:
    column = study.column(trait.attribute)
    if column.kind is Kind.NUMBER or trait.value is not None:
        raise InputError(
            f"A discriminant tells all values of an attribute apart; {str(trait)[:80]!r} is none of those."
        )
    if family == "discriminant2" and len(column.categories) < 3:
        raise InputError(f"Two values of {trait.attribute!r} have one discriminant; a second needs three.")


def _codes(study: Study, trait: Trait) -> tuple[npt.NDArray[np.int8], tuple[str, ...]]:
    """Return the number of the value of each vector, -1 where it is not known, and the values."""
    column = study.column(trait.attribute)
    if column.kind is Kind.BOOL:
        so, known = _having(study, trait)
        return np.where(known, so, np.int8(-1)), (f"not {column.label}", column.label)
    codes = np.full(len(study), -1, np.int8)
    for number, value in enumerate(column.categories):
        codes[having(study, trait.attribute, value)[0]] = number
    return codes, tuple(map(as_text, column.categories))


def _having(study: Study, trait: Trait) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which vectors have a trait, and of which that is known."""
    return having(study, trait.attribute, True if trait.value is None else trait.value)


def _mean(study: Study, chosen: npt.NDArray[np.bool_], size: int = 65_536) -> Floats:
    total = np.zeros(study.dimension)
    for start in range(0, len(study), size):
        total += study.latents[start : start + size][chosen[start : start + size]].sum(axis=0, dtype=np.float64)
    return np.asarray(total / chosen.sum())


def _some(rows: npt.NDArray[np.intp], most: int = MOST) -> npt.NDArray[np.intp]:
    """Return at most so many of some rows, evenly spaced."""
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).astype(np.intp)]


def _unit(direction: Floats, trait: Trait) -> Floats:
    length = float(np.linalg.norm(direction))
    if length == 0:
        raise InputError(f"The means with and without {trait.attribute!r} are the same; choose another attribute.")
    return np.asarray(direction / length)
