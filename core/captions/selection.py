"""What is said of a selection: how many it chooses, what distinguishes it, what is fitted to it."""

from __future__ import annotations

from core.plain import as_text
from core.selection import Distinctions, Rule, Selected
from core.selection.distinctions import CHANCE, MOST_OF
from core.selection.parts import ENOUGH, Fitted
from core.selection.rules import leaves_of
from core.selection.selected import quantities_of

__all__ = [
    "about_bars",
    "about_count",
    "about_distinctions",
    "about_fit",
    "about_mean",
    "about_selected_wall",
    "quantity_name",
]


def about_count(selected: Selected) -> str:
    """Return how many vectors a rule chooses, counted exactly."""
    total = len(selected.mask)
    return f"{selected.count:,} of {total:,} ({selected.count / total:.2%})"


def about_selected_wall(shown: int, selected: Selected, decoded: bool) -> str:
    """Return what the wall of a selection shows."""
    how = "decoded" if decoded else "as given"
    return f"{shown} of the {selected.count:,} selected vectors at random, {how}."


def about_mean(selected: Selected, count: int) -> str:
    """Return what the picture of the mean vector of so many of a selection shows, all or a uniform sample."""
    whose = f"all {count:,}" if count == selected.count else f"a uniform sample, {count:,} of the {selected.count:,}"
    return f"Beside them the mean of {whose} selected vectors, decoded: what they have in common."


def about_bars(shown: int, known: int, selections: int) -> str:
    """Return how to read bars of attributes, of which so many are shown of those that are known."""
    some = f" The {shown} most frequent of {known} are shown; all can be chosen from the list." if shown < known else ""
    signs = " Signs stand at the shares in what is selected." if selections else ""
    return f"Shares of the vectors of which the attribute is known.{signs}{some}"


def about_fit(fitted: Fitted) -> str:
    """Return to what strategies are fitted, and what is done where there are few vectors."""
    count, dimension = fitted.selected.count, fitted.study.dimension
    said = f"Fitted to {fitted.selected.title} alone, {count:,} vectors."
    if fitted.shrinkage:
        said += (
            f" These are fewer than {ENOUGH} for each of {dimension} components, so {fitted.shrinkage:.0%} of the "
            "covariance is that of all vectors (Ledoit and Wolf's shrinkage)."
        )
    return said


def about_distinctions(found: Distinctions, selected: Selected) -> str:
    """Return how to read the table of what distinguishes a selection."""
    count, made = int(found.found.sum()), int(found.made.sum())
    first = (
        f"{count} of {found.looked_at} quantities set {selected.title} apart from the rest."
        if count
        else f"Nothing among {found.looked_at} quantities sets {selected.title} apart from the rest: so would vectors "
        "look that were drawn at random."
    )
    asked = f" {made} that the rule itself asks for do not count." if made else ""
    asked += _about_what_is_asked(selected.rule)
    if found.compared is not None:
        one, other = found.compared
        asked += (
            f" Components and axes are those of a uniform sample, {one:,} selected vectors and {other:,} others; "
            "radii, distances and attributes those of all."
        )
    return (
        f"{first}{asked} Differences of means, or of shares where it is known, in standard deviations within "
        f"both groups; Welch's intervals, of shares Newcombe's, widened after Bonferroni so that all {found.looked_at} "
        f"hold at once with a chance of {1 - CHANCE:.0%}. What goes along with what made the selection is found, too."
    )


def _about_what_is_asked(rule: Rule) -> str:
    """Return how far what a rule asks for can be marked, where it asks for more than components and axes."""
    names = [name for leaf in leaves_of(rule) for name in quantities_of(leaf)]
    said = ""
    if any("(" in name for name in names):
        said += (
            f" It asks for places along a direction: components and axes that make up more than {MOST_OF:.0%} of it, "
            "squared, are marked, and what else goes into it is found."
        )
    if any(name.startswith("umap") for name in names):
        said += (
            " It asks for places on the map: they follow from all coordinates in a way that cannot be undone, so "
            "nothing is marked for it."
        )
    return said


def quantity_name(name: str, kind: str) -> str:
    """Return a quantity as readers call it."""
    if kind == "component":
        return f"component {name.removeprefix('component')}"
    if kind == "axis":
        return f"principal axis {name.removeprefix('axis')}"
    measures = {"distance": "Mahalanobis distance", "error": "reconstruction error"}
    return measures.get(name, name) if kind == "measure" else as_text(name.replace("_", " "))
