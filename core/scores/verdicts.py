"""What a row of the scoreboard amounts to, in one word, by stated thresholds."""

from __future__ import annotations

import math
from collections.abc import Mapping

__all__ = ["THRESHOLDS", "copies", "reason", "verdict"]

NOISE, CLEAR = 0.2, 0.85
"""Share of faces below which there is noise, and, relative to the reconstructions, from which there are faces."""

UNIFORM = 0.6
"""Diversity, in units of the reconstructions', below which the faces are one and the same: the mean face."""

OUTSIDE = 0.5
"""Share of vectors inside the bulk below which faces are distorted."""

CENTRAL = 0.6
"""Median Mahalanobis distance, as a share of real vectors', below which faces are smooth: near the mean face."""

COPIES = 0.05
"""Excess of the share of copies over the floor from which faces are near-copies of the study's images."""

UNLIKE = 1.3
"""Excess, in any space of features and by either distance, from which images are unlike the data's: N(μ, Σ) has 1."""

EXCESS = "excess_"
"""How the keys of excesses begin."""

THRESHOLDS = (
    f"noise: less than {NOISE:.0%} faces; distorted faces: less than {OUTSIDE:.0%} of the vectors inside the bulk; "
    f"mean face: a diversity below {UNIFORM:.0%} of the reconstructions'; "
    f"smooth faces: a median Mahalanobis distance below {CENTRAL:.0%} of real vectors'; "
    f"near-copies: {COPIES:.0%} more copies than the floor, and in some space of features an excess below 1; "
    f"unlike the data: an excess of {UNLIKE:g} in some space of features, by Fréchet or kernel distance; "
    f"faces: at least {CLEAR:.0%} of the reconstructions' rate; else some faces"
)
"""The rules, in the order in which they are tried."""


def verdict(scores: Mapping[str, float], floor: Mapping[str, float]) -> str:
    """Return what the thresholds make of a row's mean scores; nothing where faces were not counted.

    Parameters
    ----------
    scores : mapping
        Mean scores of the row; of the excesses, those of the kernel distance, too.
    floor : mapping
        Those of unseen real vectors, whose images are the decoder's best.
    """
    return _judged(scores, floor)[0]


def reason(scores: Mapping[str, float], floor: Mapping[str, float]) -> str:
    """Return, in a few plain words, what decided the verdict: the score that crossed its threshold, and its value."""
    return _judged(scores, floor)[1]


def _judged(scores: Mapping[str, float], floor: Mapping[str, float]) -> tuple[str, str]:
    """Return the verdict on a row, and what decided it."""
    faces = scores.get("faces", math.nan)
    if math.isnan(faces):
        return "", ""
    shown = f"{_share(faces)} show a face"
    if faces < NOISE:
        return "noise", shown
    if (inside := scores.get("in_bulk", 1.0)) < OUTSIDE:
        return "distorted faces", f"{_share(inside)} lie where the data do"
    if (diversity := scores.get("diversity", 1.0)) < UNIFORM:
        return "mean face", f"{diversity:.2f} × as different as real ones"
    distance, usual = scores.get("median_mahalanobis", math.inf), floor.get("median_mahalanobis", 0.0)
    if distance < CENTRAL * usual:
        return "smooth faces", f"{distance / usual:.2f} × as far out as real ones"
    excesses = {s: value for s, value in scores.items() if s.startswith(EXCESS) and not math.isnan(value)}
    if copies(scores, floor) and min(excesses.values(), default=0.0) < 1:
        return "near-copies", f"{_share(scores['copied'])} of them, of real ones {_share(floor.get('copied', 0.0))}"
    worst = max(excesses, key=excesses.__getitem__, default="")
    if excesses.get(worst, 0.0) >= UNLIKE:
        space = worst.removeprefix(EXCESS).partition("_")[0]
        return "unlike the data", f"{excesses[worst]:.2f} in {space}, limit {UNLIKE:g}"
    if faces >= CLEAR * floor.get("faces", 1.0):
        return "faces", "passes every test"
    return "some faces", f"{shown}, of real ones {_share(floor.get('faces', 1.0))}"


def _share(share: float) -> str:
    """Return a share in percent, with a digit more where it would read as none."""
    return f"{share:.1%}" if 0 < share < 0.01 else f"{share:.0%}"


def copies(scores: Mapping[str, float], floor: Mapping[str, float]) -> bool:
    """Return whether more of a row's vectors lie beside vectors of the study than real ones do."""
    return scores.get("copied", 0.0) > floor.get("copied", 0.0) + COPIES
