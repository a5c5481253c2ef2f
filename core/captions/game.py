"""The score of the game, in words."""

from __future__ import annotations

from collections.abc import Collection

from core.space.game import FEWEST, PICTURES, Tally, right_ones

__all__ = ["about_a_round", "about_a_tally"]


def about_a_round(drawn: Collection[int], guessed: Collection[int]) -> str:
    """Return how many pictures of a round were judged rightly, and which ones were drawn."""
    listed = ", ".join(map(str, sorted(drawn))) or "none"
    return f"**{right_ones(drawn, guessed)} of {PICTURES} right.** Drawn were: {listed}. Raise *Round* to play on."


def about_a_tally(tally: Tally, title: str) -> str:
    """Return how well a strategy of that title was told from the data, over all rounds of this visit."""
    if tally.interval is None:
        return (
            f"You have judged {tally.judged} pictures so far; how many of them rightly is told from {FEWEST} on. "
            "Nothing is kept after the visit."
        )
    low, high = tally.interval
    share = tally.right / tally.judged
    words = (
        "who guesses gets 50 %, which these rounds cannot rule out: the drawn pictures pass"
        if low <= 0.5 <= high
        else "better than by guessing: the drawn pictures can be told"
        if low > 0.5
        else "worse than by guessing: the drawn ones look more real than the data"
    )
    return (
        f"Against {title}: {tally.right} of {tally.judged} right, {share:.0%} (95 % interval {low:.0%} to {high:.0%}); "
        f"{words}. Nothing is kept after the visit."
    )
