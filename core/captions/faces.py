"""What the two walls show, in words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.plain import as_text
from core.space.brought import Brought
from core.space.sample import Sample
from core.space.story import CROWDED, breadth
from core.statistics import Description
from core.study import Study

__all__ = [
    "about_a_brought_picture",
    "about_a_face",
    "about_a_wall",
    "about_faces",
    "about_nearest_pictures",
    "about_neighbours",
    "about_no_pictures",
    "about_unusual_components",
    "cycle_in_words",
    "see_faces",
    "verdict_on_asking",
    "verdict_on_cycles",
    "verdict_on_distances",
    "verdict_on_radii",
]

INSIDE = 0.9
"""Share of a sample within the bulk from which it is called inside."""

NEAR = 0.8
"""Share of the bulk's own distance from its centre below which a sample keeps close to the centre."""


def about_a_wall(shown: int, sample: Sample, data: str, decoded: bool = True) -> str:
    """Return what a wall shows: the first of the vectors on one side."""
    name = data if sample.is_reference else sample.label
    first = f"The first {shown} of {len(sample):,} vectors of {name}"
    if decoded:
        return f"{first}, decoded."
    return f"{first}, as given." if sample.is_reference else f"{first}. {about_nearest_pictures(data)}"


def see_faces(study: Description, sample: Sample, errors: tuple[float, float]) -> str:
    """Return, in plain words, what the walls show, from the mean cycle errors of the data and of the sample."""
    if not study.moments.widths.any():
        return ""
    inside, width = _inside(sample, study), _spread(sample.vectors, study) / _spread_of(study)
    usual, found = errors
    moved = ""
    if usual > 0 and np.isfinite(found):
        moved = (
            f"Decoded and encoded again, a vector of {sample.title} moves {found / usual:.1f} times as far as one of "
            f"{study.title}: the nearer that is to 1, the better the decoder knows such vectors. "
        )
    return f"Of {sample.title} {inside:.0%} lie where 99 % of {study.title} lie. {moved}{_worth(sample, study, width)}"


def _worth(sample: Sample, study: Description, width: float) -> str:
    """Return what a sample decodes to, by where it lies; ``width`` is how far from the centre, in the data's units."""
    if _inside(sample, study) < INSIDE:
        if width < NEAR:
            return (
                "It misses the place of the data but keeps close to its middle, around which images come near to the "
                "mean image."
            )
        return "Vectors that lie elsewhere than the data decode to distorted images, whatever their length."
    if (own := breadth(sample, study)) < CROWDED:
        return (
            f"But its vectors lie close to each other, {own:.2f} times as far from their own middle as those of "
            f"{study.title} from theirs: what one of them decodes to, all do nearly."
        )
    return "So it lies where the encoder puts images, and such vectors decode to clear ones."


def about_faces(
    reference_error: float,
    sample_error: float,
    sample: Sample,
    study: Description,
    against: tuple[float, Sample] | None = None,
) -> str:
    """Return how far vectors move and lie, from the mean cycle error of each side."""
    if not study.moments.widths.any():
        return f"All vectors of {study.title} are the same, so nothing can be told of a sample by where it lies."
    moved = partial(_moved, reference_error, study.title)
    inside, width = _inside(sample, study), _spread(sample.vectors, study) / _spread_of(study)
    text = (
        f"{moved(sample, sample_error)}Of the sample {inside:.0%} lie within the Mahalanobis distance of 99 % of "
        f"{study.title}, and it lies {width:.2f} times as far from the centre as {study.title} (root mean square, "
        "Euclidean)."
    )
    if against is not None:
        error, other = against
        far = _spread(other.vectors, study) / _spread_of(study)
        text += (
            f" {moved(other, error)}Of {other.title} {_inside(other, study):.0%} lie within that "
            f"distance, {far:.2f} times as far from the centre as {study.title}."
        )
    return text


def cycle_in_words(errors: npt.NDArray[np.floating], study: Description) -> str:
    """Return the mean of cycle errors, or why there is none."""
    if not study.moments.widths.any():
        return "no scale"
    return "no encoder" if np.isnan(errors).all() else f"{errors.mean():.3f}"


NEARLY, ALIKE = 0.2, 0.25
"""How much means may differ, as a share of the data's, and spreads, to be called like theirs."""

Floats = npt.NDArray[np.floating]

Verdict = tuple[str, bool]
"""Words, and whether they praise."""


def verdict_on_radii(radii: Floats, usual: Floats) -> Verdict | None:
    """Return how the lengths (n,) of vectors are beside those of the data; None where those are all 0."""
    if not usual.any():
        return None
    ratio = radii.mean() / usual.mean()
    if abs(ratio - 1) > NEARLY:
        return ("too long" if ratio > 1 else "too short"), False
    if radii.std() < (1 - 2 * ALIKE) * usual.std():
        return "too alike", False
    return "like the data", True


def verdict_on_distances(distances: Floats, usual: Floats) -> Verdict | None:
    """Return how the distances (n,) of vectors from a centre are beside those of the data; None where those are 0."""
    middle = float(np.median(usual))
    if not middle:
        return None
    ratio = float(np.median(distances)) / middle
    if abs(ratio - 1) <= NEARLY:
        return "like the data", True
    return f"{ratio:.1f} × the data's", False


def verdict_on_cycles(errors: Floats, usual: Floats) -> Verdict | None:
    """Return how cycle errors (n,) are beside those of the data; None where one is not known, or theirs is 0."""
    mine, theirs = float(errors.mean()), float(usual.mean())
    if not np.isfinite([mine, theirs]).all() or not theirs:
        return None
    if mine <= (1 + ALIKE) * theirs:
        return "like the data", True
    return f"{mine / theirs:.1f} × the data's", False


def verdict_on_asking(mine: float, theirs: float) -> Verdict:
    """Return how often what was asked for is seen, beside how often it is seen in such data."""
    return (f"{theirs:.0%} of such data", mine >= (1 - ALIKE) * theirs)


def about_a_face(radius: float, distance: float, data: str) -> str:
    """Return where the vector of a decoded picture lies."""
    return f"Its vector is {radius:.2f} long and lies {distance:.1f} spreads from the middle of {data}."


def about_unusual_components(components: pd.DataFrame) -> str:
    """Return which component of a vector stands out most, from a table with the most unusual first."""
    first = components.iloc[0]
    return (
        f"The component that stands out most is z_{first['component']:.0f}: {first['deviation']:+.1f} σ from its mean."
    )


def about_neighbours(distances: Iterable[float], data: str, decoded: bool = True) -> str:
    """Return how far the nearest vectors of the data are, which are shown decoded or as given."""
    shown, told = "decoded" if decoded else "as given", ", ".join(f"{d:.1f}" for d in distances)
    return (
        f"The nearest vectors of {data}, {shown}. They are {told} away in a straight line, not in spreads as "
        "*Distance* is: all directions count alike."
    )


def about_a_brought_picture(brought: Brought, study: Study) -> str:
    """Return what of a picture was looked at, and how well the decoder makes it again beside those of the study."""
    cut = (
        f"Cut to its central square of {brought.crop} pixels, as the images of {as_text(study.title)} were."
        if brought.crop
        else "The largest central part of it was taken; cut it beforehand where what it shows is small in it."
    )
    said = f"{cut} Made again, it differs by {brought.error:.4f} (mean square, of 1)"
    errors = study.rows["reconstruction_error"].to_numpy(np.float64) if study.has_errors else np.empty(0)
    known = errors[np.isfinite(errors)]
    if len(known):
        said += f", more than {(known < brought.error).mean():.0%} of {as_text(study.title)} do"
    return f"{said}."


def about_no_pictures(name: str) -> str:
    """Return why a study shows no pictures, and what to do."""
    return (
        f"The study {as_text(name)} has neither a decoder nor pictures of its vectors, so this page shows them in "
        "numbers; import the vectors again and name their pictures with `--images` to see them."
    )


def about_nearest_pictures(data: str) -> str:
    """Return why a vector without a decoder is shown by the picture of another."""
    return (
        f"Without a decoder nobody knows the image of a vector that is not one of {data}: in its place stands the "
        "given picture of the nearest vector that is."
    )


def _moved(usual: float, data: str, sample: Sample, error: float) -> str:
    """Return how far vectors move that are decoded and encoded again, beside those of the data; "" without encoder."""
    if np.isnan(error):
        return ""
    ratio = f"{error / usual:.1f} times that of {data}" if usual > 0 else f"{data} not at all"
    return f"Decoded and encoded again, a vector of {sample.title} moves {error:.3f} σ per component, {ratio}. "


def _inside(sample: Sample, study: Description) -> float:
    """Return the share of a sample within the distance of 99 % of a study."""
    return float((sample.description.distances <= study.distance_quantiles(0.99)).mean())


def _spread(vectors: npt.NDArray[np.floating], study: Description) -> float:
    """Return the root mean square distance of vectors (n, d) from the centre of a study."""
    return float(np.sqrt(np.square(vectors - study.moments.mean).sum(axis=1).mean()))


def _spread_of(study: Description) -> float:
    """Return that of the study's own vectors; 1 where all of them are the same."""
    return float(np.sqrt(study.moments.variances.sum())) or 1.0
