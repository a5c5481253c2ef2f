"""Which strategy is best, in numbers? Every strategy and parameter set, with its faces and a verdict."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.exhibits.scoreboard import axes, compared, the_board, the_order
from core.scores.board import has_gaps
from core.scores.entries import OWN, entries_of, entry_of, has_strategy
from core.scores.rows import NOTE, at_one_count
from core.scores.table import board
from core.strategies import Choice, Data, Recipe
from core.strategies.recipe import written
from pages.parts.exhibits import draw, offer, say, show
from pages.parts.front_door import open_page
from pages.parts.further import further
from pages.parts.loaders import load_board, load_judges, load_left_out
from pages.parts.sidebar import Selection
from pages.sections.scoreboard_liars import draw_liars
from pages.sections.scoreboard_network import offer_network
from pages.sections.scoreboard_own import offer_own
from pages.sections.scoreboard_row import look_at
from pages.sections.scoreboard_scatter import draw_scatter
from pages.sections.scoreboard_scoring import score_on_request
from pages.sections.scoreboard_table import draw_table


def link_to(entry: Recipe) -> dict[str, str]:
    """Return what an address must say to open a row on the faces page, as the widgets write it."""
    if not has_strategy(entry):
        return {"strategy": Data.key}
    link = {"strategy": entry.key}
    for parameter in entry.strategy.parameters:
        value = entry.values[parameter.name]
        shown = parameter.options[str(value)] if isinstance(parameter, Choice) else written(value)
        link[f"{entry.key}_{parameter.name}"] = shown
    return link


def draw_ticked(chosen: Selection, rows: pd.DataFrame, ticked: list[int], seeds: int) -> None:
    """Draw the ticked rows side by side, with links to their faces; look closely at a single one."""
    if not ticked:
        st.caption("Tick a row to look at it closely, several to compare them.")
        return
    drawn = [place for place in ticked if rows["strategy"].iloc[place] != OWN]
    with st.container(horizontal=True):
        for place in drawn:
            row = rows.iloc[place]
            link = link_to(entry_of(row["strategy"], row["parameters"]))
            st.page_link("pages/faces.py", label=f"Faces of {row['name']}", query_params=link)
    if len(ticked) == len(drawn) == 1:
        look_at(chosen, rows.iloc[ticked[0]])
    show(compared(rows, ticked))
    if not drawn:
        return
    entries = [entry_of(*names) for names in rows.iloc[drawn][["strategy", "parameters"]].itertuples(index=False)]
    count = int(rows["count"].iloc[ticked[0]])
    score_on_request(chosen.study, "Compute these rows anew", entries, "score_ticked", count, seeds, again=True)


def main(chosen: Selection) -> None:
    """Draw the page."""
    everything = load_board(chosen.study)
    for said in load_left_out(chosen.study):
        st.text(said)  # words of a file, not to be drawn as Markdown
    if everything is None or everything.empty:
        st.info(
            f"The study {chosen.study.name} was not scored yet. `python -m core score --study {chosen.study.folder}` "
            "does it; the table is shown here as soon as its first rows are there.",
            icon=":material/info:",
        )
        score_on_request(chosen.study, "Score every strategy here", entries_of(chosen.study), "score_all")
        offer_network(chosen.study)
        return
    table = at_one_count(everything)
    rows = board(table, chosen.study.title)
    exhibit = the_board(chosen.study.name, rows, table, everything)
    if order := the_order(rows):
        st.markdown(order.plain)
        draw(order)
        st.header("Each way to draw, at each of its settings")
    say(exhibit)
    top = st.container()  # filled last: its faces take a second
    caught = []
    if further("two scores against each other, how many axes a face needs, who fools the judges"):
        draw_scatter(rows, chosen.study.title)
        if needed := axes(rows):
            show(needed)
        caught = draw_liars(chosen.study)
    with top:
        draw_ticked(chosen, rows, draw_table(chosen, exhibit, rows), table["seed"].nunique())
        for said in (table["strategy"] + " " + table["parameters"] + ": " + table[NOTE])[table[NOTE] != ""].unique():
            st.text(f"Not scored: {said}")
        count = int(rows["count"].iloc[0])
        if has_gaps(table, entries_of(chosen.study), load_judges(chosen.study), count):
            score_on_request(chosen.study, "Score what is missing", entries_of(chosen.study), "score_missing", count)
        offer_own(chosen.study, count)
        offer_network(chosen.study)
    offer([exhibit, *caught])


open_page(main)
