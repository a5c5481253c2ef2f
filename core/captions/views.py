"""What planes along attributes, discriminants and maps show of a bulk, in words."""

from __future__ import annotations

import numpy as np

from core.plain import as_text, listed
from core.space.frames import Frame
from core.space.quantities import OF_RULES, Trait, read_quantity
from core.space.traits import Discriminant
from core.statistics import Description
from core.statistics.neighbourhoods import NEIGHBOURS
from core.study.layout import BETWEEN, Layout

__all__ = ["about_the_view", "see_the_view"]


def see_the_view(frame: Frame | None) -> str:
    """Return, in plain words, what the directions of a plane mean and how far they may be believed; "" for axes."""
    if frame is None:
        return ""
    if frame.layout is not None:
        return _see_the_map(frame.layout)
    if frame.discriminant is not None:
        return _see_the_discriminant(frame.discriminant) + _see_whose(frame)
    across, up = (_of(frame, number) for number in (0, 1))
    if across is None or up is None:
        return ""
    rest = (
        f"from those without {up[1].label} to those with it"
        if up[0] == "difference"
        else "the direction in which the cloud is longest of those that do not change this"
    )
    return f"To the right lies the way from those without {across[1].label} to those with it; upwards, {rest}."


def about_the_view(frame: Frame | None, study: Description) -> str:
    """Return the same in numbers."""
    if frame is None:
        return ""
    if frame.layout is not None:
        return _about_the_map(frame.layout)
    basis, total = frame.basis, float(np.trace(study.moments.covariance))
    along = np.einsum("ij,jk,ik->i", basis, study.moments.covariance, basis)
    shares = listed([f"{one / total:.1%}" for one in along]) if total > 0 else "none"
    angle = np.degrees(np.arccos(np.clip(abs(basis[0] @ basis[1]), 0, 1)))
    told = f" Both directions are unit vectors, {angle:.0f}° apart, and hold {shares} of all variance."
    return (_about_the_discriminant(frame.discriminant) + told if frame.discriminant is not None else told).strip()


def _of(frame: Frame, number: int) -> tuple[str, Trait] | None:
    return read_quantity(frame.directions[number][0])


def _see_the_discriminant(found: Discriminant) -> str:
    names = listed([as_text(value) for value in found.values])
    if found.ordered is None:
        how = f"Of those it has not learned from, it puts {found.accuracy:.0%} to the right one"
    else:
        how = (
            f"Of two that it has not learned from, one of each, the one that is {found.values[1]} lies farther right "
            f"{found.ordered:.0%} of the time; {0.5:.0%} would be chance"
        )
    return f"To the right lies the direction that tells {names} apart best. {how}."


def _see_whose(frame: Frame) -> str:
    """Return the rule whose selection is told apart, and what that cannot say; "" for attributes."""
    of = _of(frame, 0)
    if of is None or of[0] not in OF_RULES:
        return ""
    return (
        f" The selection is {as_text(of[1].attribute)}. Where coordinates made it, they tell it apart, so that is no "
        "discovery; where an attribute or a list did, it is one."
    )


def _about_the_discriminant(found: Discriminant) -> str:
    curve = "" if found.ordered is None else f", area under the ROC curve {found.ordered:.3f}"
    return (
        f"Linear discriminant (Fisher 1936), the covariance within values shrunk after Ledoit and Wolf, learned from "
        f"{found.learned:,} vectors of one half of the study. Of {found.judged:,} of the other it assigns "
        f"{found.accuracy:.1%} to their value (always the most frequent one: {found.majority:.1%}){curve}."
    )


def _see_the_map(layout: Layout) -> str:
    far, plain = layout.kept.correlation, layout.of_axes.correlation
    order = "better" if far > plain + 0.02 else "worse" if far < plain - 0.02 else "as well"
    than = "as" if order == "as well" else "than"
    near = "more" if layout.kept.trustworthiness > layout.of_axes.trustworthiness else "less"
    return (
        "UMAP bends all directions into one plane, so that neighbours stay neighbours. Who stands beside whom is "
        f"{near} to be trusted here than in the plane of the first two principal axes; which of two lies farther away, "
        f"it keeps {order} {than} they do. Gaps, sizes of clumps and their distances are of its own making, and there "
        "is no right, left or middle. What was drawn stands between its nearest neighbours among the data, however far "
        "off these are: that it lies among them here does not say that it belongs to them."
    )


def _about_the_map(layout: Layout) -> str:
    kept, plain = layout.kept, layout.of_axes
    return (
        f"UMAP (McInnes, Healy and Melville 2018) of {len(layout.laid):,} vectors, {NEIGHBOURS} neighbours, one seed; "
        f"a unit is the deviation of the wider side. Trustworthiness (Venna and Kaski 2001, {NEIGHBOURS} neighbours) "
        f"{kept.trustworthiness:.3f}, of the first two principal axes {plain.trustworthiness:.3f}; at random about .5. "
        f"Spearman's coefficient of its distances and the true ones {kept.correlation:.2f}, of the axes' "
        f"{plain.correlation:.2f}. Vectors that were not laid out stand at the mean of the places of their {BETWEEN} "
        "nearest, weighed by 1/distance."
    )
