"""The strategy tabs with each strategy's own controls: what stands on the orange side of every comparing page.

A second strategy can be held against it, in green, with the parameters that it has on its own tab.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import former
from core.captions.plainly import plainly
from core.captions.selection import about_fit
from core.exhibits.scene import Scene
from core.progress import Progress
from core.space.sample import Sample
from core.strategies import Knows, Recipe, Strategy, applicable
from pages.parts.address import amend, begun_with, bound, decided, exchange, give_way, key_of, renew, standing
from pages.parts.codecs import option
from pages.parts.exhibits import FORMULAS
from pages.parts.loaders import has_to_be_trained, load_fit, load_part_fit, load_part_sample, load_sample
from pages.parts.parameters import draw_parameters, standing_parameters
from pages.parts.sidebar import NONE, Selection
from pages.parts.trainings import look_back, offer_training

__all__ = ["Comparison", "compare"]

ABOUT_TABS = "Each tab is a way to draw vectors; those further on know more of the data."


@dataclass(frozen=True)
class Comparison:
    """The data, the sample of the open tab and, where asked for, that of another strategy."""

    selection: Selection
    reference: Sample
    sample: Sample
    against: Sample | None = None

    @property
    def drawn(self) -> tuple[Sample, ...]:
        """The sample, and the one that it is held against, where there is one."""
        return self.scene.drawn

    @property
    def scene(self) -> Scene:
        """What the exhibits of the page are made of."""
        chosen = self.selection
        return Scene(chosen.study, chosen.description, self.reference, self.sample, self.against, selected=chosen.shown)


def compare(chosen: Selection, room: str) -> Comparison | None:
    """Draw the strategy tabs of a page and the open one's controls; return what they select.

    Of a strategy that has to be trained first, a job is offered instead, and nothing is returned.
    """
    tabs, opened, other = _tabs(room, chosen)
    strategies = applicable(chosen.study.posteriors is not None)
    strategy = strategies[opened]
    against = None
    with tabs[opened], st.container(key=f"controls_{strategy.key}", gap="small"):
        st.caption(f"{ABOUT_TABS} {_in_words(strategies, opened)}")
        if standing(FORMULAS, False):
            st.caption(f"{strategy.title} assumes {strategy.assumes} ({strategy.post}). ${strategy.formula}$")
        recipe = draw_parameters(strategy, chosen)
        if chosen.fitted is None and has_to_be_trained(chosen.study, recipe):
            offer_training(chosen.study, recipe)
            return None
        fitted = _fit(chosen, recipe)
        if note := fitted.note():
            st.caption(note)
        if chosen.fitted is None:
            look_back(chosen.study, fitted)
        else:
            st.markdown(f":violet[{about_fit(chosen.fitted)}]")  # as that of the second strategy
        if other is not None:
            against = _held_against(other, chosen)
    sample = _sample(chosen, recipe)
    shown = {"pictured": chosen.study.shows_faces, "decoded": chosen.study.has_decoder}
    st.markdown(plainly(room, sample, chosen.description, against, **shown))
    return Comparison(chosen, chosen.reference, sample, against)


def _in_words(strategies: Sequence[type[Strategy]], opened: int) -> str:
    """Return how the open tab and the one beside it draw."""
    shown = [strategies[opened], strategies[opened + 1 if opened + 1 < len(strategies) else opened - 1]]
    first, second = (f"**{strategy.title}** {strategy.does}" for strategy in shown)
    return f"{first}. Beside it, {second}."


def _held_against(strategy: type[Strategy], chosen: Selection) -> Sample | None:
    """Return the sample of a second strategy, and say what it is; None where it has to be trained first."""
    recipe = standing_parameters(strategy, chosen)
    if chosen.fitted is None and has_to_be_trained(chosen.study, recipe):
        st.info(f"{strategy.title} has to be trained first; its own tab offers that.")
        return None
    fitted = _fit(chosen, recipe)
    where = " Its parameters are those of its own tab." if strategy.parameters else ""
    note = f" {fitted.note()}" if fitted.note() else ""
    about = f":green[**Against {fitted.label()}**], which assumes {strategy.assumes}.{where}{note}"
    st.markdown(about)  # a caption fades its colours below the contrast that readers need
    return _sample(chosen, recipe)


def _sample(chosen: Selection, recipe: Recipe) -> Sample:
    """Return a sample of a strategy that is fitted to all vectors, or to the selection."""
    if chosen.fitted is None:
        return load_sample(chosen.study, recipe, chosen.count, chosen.seed)
    return load_part_sample(chosen.study, chosen.fitted, recipe, chosen.count, chosen.seed)


def _fit(chosen: Selection, recipe: Recipe) -> Strategy:
    """Return the strategy, fitted to all vectors or to the selection; show how far the fit is where it takes long."""
    if chosen.fitted is not None:
        return load_part_fit(chosen.fitted, recipe)
    place = st.empty()
    words = f"Fitting {recipe.strategy.title} to {len(chosen.study):,} vectors, once for this study …"

    def show(progress: Progress) -> None:
        place.progress(progress.share, f"{words} {progress.detail}".strip())

    fitted = load_fit(chosen.study, recipe, show)
    place.empty()
    return fitted


def _tabs(room: str, chosen: Selection) -> tuple[Sequence[Any], int, type[Strategy] | None]:
    """Draw a tab for each strategy; return the tabs, the number of the open one, and the strategy against it."""
    strategies = applicable(chosen.study.posteriors is not None)
    titles = {s.key: s.title for s in strategies}
    keys = list(titles)
    opened = decided("strategy", keys[0], option("strategy", titles, former.STRATEGIES))
    against = _decided_against(opened, titles, chosen)
    both = {"strategy": opened, "against": against}

    def take(title: str) -> None:
        exchange("strategy", both)(next(key for key, its in titles.items() if its == title))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        _groups(strategies, strategies[keys.index(opened)], both, room)
        _choose_against(both, titles, room)
    # each page has tabs of its own, opened where the last page left them
    widget = bound("strategy", take, room)
    tabs = st.tabs(list(titles.values()), default=begun_with(widget["key"], titles[opened]), **widget)
    other = None if against == NONE else strategies[keys.index(against)]
    return tabs, keys.index(opened), other


def _decided_against(opened: str, titles: Mapping[str, str], chosen: Selection) -> str:
    """Return the key of the strategy that the open one is held against, or `NONE`."""
    codec = option("against", {NONE: "none", **titles}, former.STRATEGIES)
    against = decided("against", NONE, codec)
    if against == NONE:
        return NONE
    if against == opened:
        why = "A strategy is not held against itself."
    elif chosen.beside is not None:
        why = "Two strategies and two studies are not compared at once."
    else:
        return against
    amend("against", NONE, NONE, codec, why)
    return NONE


def _choose_against(both: Mapping[str, str], titles: Mapping[str, str], room: str) -> None:
    """Draw the choice of a second strategy; the one that is shown changes places with it."""
    shown = both["strategy"] if both["against"] == NONE else None  # alone, it has nothing to change places with
    names = [NONE, *(key for key in titles if key != shown)]

    def take(key: str) -> None:
        if key != NONE:
            give_way("beside", NONE, "The second study is put away: two strategies are compared now.")
        exchange("against", both)(key)

    st.selectbox(
        "Against",
        names,
        names.index(both["against"]),
        format_func={NONE: "only the data", **titles}.__getitem__,
        help="A second strategy, in green, on every page. The one that is shown changes places with it. Two strategies "
        "or two studies are held against each other, not both at once.",
        width=200,
        **bound("against", take, room),
    )


def _groups(strategies: Sequence[type[Strategy]], opened: type[Strategy], both: Mapping[str, str], room: str) -> None:
    """Draw what the open strategy knows of the data; another choice opens the first strategy that knows that."""
    firsts = {strategy.knows.value: strategy.key for strategy in reversed(strategies)}
    names = [knows.value for knows in Knows if knows.value in firsts]
    key = f"{key_of('strategy')}_knows_{opened.knows.name}_{room}"  # another group is another widget, set to that

    def take() -> None:
        asked, now = st.session_state[key], standing("strategy", strategies[0].key)
        still_there = now in {s.key for s in strategies if s.knows is opened.knows}
        if still_there and asked != opened.knows.value:  # a gesture may bring the state of one that has given way
            exchange("strategy", both)(firsts[asked])
            renew("strategy")

    st.segmented_control(
        "What the sampler knows of the data",
        names,
        default=opened.knows.value,
        required=True,
        key=key,
        on_change=take,
        help="From their length at most to the data themselves; the tabs stand in this order.",
    )
