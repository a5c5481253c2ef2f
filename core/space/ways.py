"""Ways through latent space: curves in a plane, from one face to another, along an attribute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import InputError, MissingError
from core.plain import as_text
from core.space.quantities import Direction, check_directions
from core.statistics import Description
from core.statistics.blocks import map_blocks
from core.study import Study
from core.study.columns import Kind
from core.study.kept_columns import having, numbers_of

__all__ = [
    "CURVES",
    "NEAR",
    "OTHERS",
    "WAYS",
    "Path",
    "along_attribute",
    "attribute_direction",
    "between",
    "curve_in_plane",
]

Floats = npt.NDArray[np.float64]

AT_ONCE = 250_000
"""Vectors whose chosen ones are copied at a time."""

CURVES = {"line": "Line", "circle": "Circle", "ellipse": "Ellipse"}
"""Curves in a plane, as the code and as a reader calls them."""

OTHERS = {"mean": "At the mean", "conditional": "At the conditional mean", "zero": "At zero"}
"""Where the coordinates are that a plane leaves open."""

WAYS = {"line": "Straight line", "arc": "Arc about the centre", "origin": "Arc about the origin"}
"""Ways from one vector to another."""

NEAR = 0.5
"""Share of the median distance of a study below which a step is said to be near to the middle."""

FLAT = 1e-12
"""Smallest variance in a plane, as a share of the bulk's largest, that a curve is drawn by: below it is rounding."""


@dataclass(frozen=True, eq=False)
class Path:
    """Vectors along a way.

    Attributes
    ----------
    name : str
    parameter : str
        What ``positions`` measures, with its unit.
    positions : array (m,)
    vectors : array (m, d)
    points : array (m, 2), optional
        Where the vectors lie in the plane that the way was drawn in.
    """

    name: str
    parameter: str
    positions: Floats
    vectors: Floats
    points: Floats | None = None

    def __len__(self) -> int:
        return len(self.vectors)


def curve_in_plane(
    description: Description,
    directions: tuple[Direction, Direction],
    curve: str,
    *,
    level: float = 2.0,
    angle: float = 0.0,
    frames: int = 15,
    others: str = "mean",
) -> Path:
    r"""Return a curve about the centre of the bulk in a plane.

    With the covariance C of the bulk in the plane: a line runs through the centre, from :math:`-l\,C^{1/2} e` to
    :math:`+l\,C^{1/2} e`, an ellipse lies at the Mahalanobis distance l within the plane, a circle has the radius
    :math:`l \sqrt{\operatorname{tr} C / 2}`.

    Parameters
    ----------
    description : Description
    directions : pair of Direction
    curve : {"line", "circle", "ellipse"}
    level : float
        l, in standard deviations.
    angle : float
        Of the line's direction e, or where the closed curves begin, in degrees from the first direction.
    frames : int
        Number of vectors, at least 2.
    others : {"mean", "conditional", "zero"}
        Where the other coordinates are: at the mean, at their mean given the two (for a normal bulk,
        :math:`\mu + \Sigma B^T (B \Sigma B^T)^{-1} (u - B \mu)`), or at zero.

    Raises
    ------
    InputError
        If the directions are the same or do not exist, the plane has no extent, or another argument is out of range.
    """
    if not description.moments.widths.any():
        raise MissingError(
            f"All vectors of {description.title} are the same, so there is no way to go; give more of them."
        )
    check_directions(directions, description.dimension)
    _check(curve, CURVES, "curve")
    _check(others, OTHERS, "others")
    _check_frames(frames)
    basis = description.axes.basis(directions)
    covariance = basis @ description.moments.covariance @ basis.T
    values, turn = np.linalg.eigh(covariance)
    if values[0] <= FLAT * description.axes.variances[0]:
        raise MissingError("The bulk has no extent along one of the two directions; choose another one.")
    start = np.deg2rad(angle)
    if curve == "line":
        positions = np.linspace(-level, level, frames)
        steps = positions[:, None] * np.array([np.cos(start), np.sin(start)])
    else:
        turns = np.arange(frames) / frames * 2 * np.pi
        positions = np.rad2deg(turns)
        steps = level * np.stack([np.cos(start + turns), np.sin(start + turns)], axis=1)
    root = (turn * np.sqrt(values)) @ turn.T
    offsets = steps * np.sqrt(values.mean()) if curve == "circle" else steps @ root
    vectors = _lift(description, basis, covariance, offsets, others)
    parameter = "position in σ" if curve == "line" else "angle in degrees"
    return Path(CURVES[curve], parameter, positions, vectors, description.axes.along(vectors, directions))


def between(description: Description, start: npt.ArrayLike, end: npt.ArrayLike, way: str, frames: int = 15) -> Path:
    r"""Return a way from one vector (d,) to another.

    A straight line between two normal vectors dips to :math:`r/\sqrt{2}` of their distance r from the centre: it leaves
    the shell in which the bulk lies. An arc keeps the distance,

    .. math:: w(t) = \frac{\sin((1-t)\,\theta)\, u_0 + \sin(t\,\theta)\, u_1}{\sin\theta}\,
              ((1-t)\,r_0 + t\,r_1)

    with unit vectors u and lengths r: about the centre of the bulk in whitened coordinates, where distances are
    Mahalanobis distances, or about the origin as they are (White 2016).

    Raises
    ------
    InputError
        If the way is unknown or there are fewer than two frames.
    """
    _check(way, WAYS, "way")
    _check_frames(frames)
    ends = np.stack([np.asarray(start, np.float64), np.asarray(end, np.float64)])
    t = np.linspace(0.0, 1.0, frames)
    if way == "line":
        vectors = (1 - t)[:, None] * ends[0] + t[:, None] * ends[1]
    elif way == "origin":
        vectors = _arc(ends, t)
    else:
        axes = description.axes
        deviations = np.sqrt(axes.shrunk_variances)
        vectors = axes.restore(_arc(axes.project(ends) / deviations, t) * deviations)
    return Path(WAYS[way], "share of the way", t, vectors)


def attribute_direction(study: Study, attribute: str, ends: tuple[str, str] | None = None) -> Floats:
    r"""Return the direction of an attribute, shape (d,); vectors of which it is not known count as nothing.

    Of yes or no, and between two categories, the mean of the vectors with one value less that of those with the other.
    Of a number y, what a regression expects of the vector for one standard deviation more:
    :math:`\operatorname{cov}(z, y) / \sigma_y`.

    Parameters
    ----------
    study : Study
    attribute : str
    ends : two str, optional
        The categories from which to which the direction leads; the two most frequent by default.

    Raises
    ------
    InputError
        If the study does not know the attribute or category, or no vectors differ in it.
    """
    column = study.column(attribute)
    if column.kind is Kind.NUMBER:
        numbers = numbers_of(study, attribute)
        known = np.isfinite(numbers)
        numbers = numbers[known]
        if len(numbers) < 2 or (width := numbers.std()) == 0:
            raise InputError(f"All of the study's vectors have the same {attribute!r}; choose another attribute.")
        return _weighted_sum(study.latents, known, (numbers - numbers.mean()) / (len(numbers) * width))
    if column.kind is Kind.BOOL:
        more, known = having(study, attribute, value=True)
        less = known & ~more
    else:
        first, second = ends or column.categories[:2]
        if strange := next((end for end in (first, second) if end not in column.categories), None):
            raise InputError(f"The attribute {attribute!r} has no value {strange[:80]!r}.")
        if first == second:
            raise InputError(f"A way along {attribute!r} leads from one value to another; choose two.")
        less, more = (having(study, attribute, end)[0] for end in (first, second))
    if not less.any() or not more.any():
        raise InputError(f"All or none of the study's images have the attribute {attribute!r}; choose another one.")
    chosen = less | more
    weights = np.where(more[chosen], 1 / more.sum(), -1 / less.sum())
    return _weighted_sum(study.latents, chosen, weights)


def along_attribute(
    start: npt.ArrayLike,
    direction: Floats,
    attribute: str,
    strength: float = 1.5,
    frames: int = 15,
    unit: str = "differences of the means",
) -> Path:
    """Return the way through a vector (d,) from -strength to +strength times an attribute's direction (d,)."""
    _check_frames(frames)
    positions = np.linspace(-strength, strength, frames)
    vectors = np.asarray(start, np.float64) + positions[:, None] * direction
    return Path(as_text(attribute.replace("_", " ")), f"strength, in {unit}", positions, vectors)


def _weighted_sum(vectors: npt.NDArray[np.floating], chosen: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """Return the sum of the chosen of some vectors, each times its weight, in blocks."""
    total, done = np.zeros(vectors.shape[1]), 0
    for start in range(0, len(vectors), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        for part in map_blocks(lambda block: block, vectors[rows][chosen[rows]]):
            total += weights[done : done + len(part)] @ part
            done += len(part)
    return total


def _lift(description: Description, basis: Floats, covariance: Floats, offsets: Floats, others: str) -> Floats:
    """Return the vectors (m, d) at offsets (m, 2) from the centre of a plane."""
    mean = description.moments.mean
    if others == "conditional":
        spread = description.moments.covariance @ basis.T @ np.linalg.inv(covariance)
        return np.asarray(mean + offsets @ spread.T)
    # the basis may be oblique: an axis and a component; its dual moves one coordinate and leaves the other
    dual = np.linalg.inv(basis @ basis.T) @ basis
    base = mean if others == "mean" else dual.T @ (basis @ mean)
    return np.asarray(base + offsets @ dual)


def _arc(ends: Floats, t: Floats) -> Floats:
    """Return the spherical arc between two vectors (2, d) about zero, lengths interpolated, shape (m, d)."""
    lengths = np.linalg.norm(ends, axis=1)
    units = ends / np.where(lengths > 0, lengths, 1.0)[:, None]
    angle = np.arccos(np.clip(units[0] @ units[1], -1.0, 1.0))
    # the same direction, opposite ones, or a vector of length 0: no arc is distinguished
    if lengths.min() == 0 or np.sin(angle) < 1e-6:
        return np.asarray((1 - t)[:, None] * ends[0] + t[:, None] * ends[1])
    direction = np.sin((1 - t) * angle)[:, None] * units[0] + np.sin(t * angle)[:, None] * units[1]
    return np.asarray(direction / np.sin(angle) * ((1 - t) * lengths[0] + t * lengths[1])[:, None])


def _check(name: str, known: dict[str, str], what: str) -> None:
    if name not in known:
        raise InputError(f"{what} must be one of {', '.join(known)}, not {name!r}.")


def _check_frames(frames: int) -> None:
    if frames < 2:
        raise InputError(f"A path needs at least 2 frames, not {frames}.")


LIKE = 1.25
"""How many times the mean cycle error of the data one may be that is like theirs."""
