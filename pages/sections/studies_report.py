"""A study on paper, which a job makes, and what is cited of it."""

from __future__ import annotations

import streamlit as st

from core.report.lines import selecting, word_of, written
from core.report.shelf import report_file, tidy_reports
from core.settings import is_public
from core.space.ladder import LADDER
from core.strategies import Recipe, applicable
from core.study import Study
from core.study.citing import citations
from pages.parts.jobs import offer_job
from pages.parts.loaders import has_to_be_trained
from pages.parts.sidebar import Selection

__all__ = ["cite", "offer_report"]

HELP = (
    "A zip with one HTML file that prints well, the same as PDF where Chromium is installed, every figure as SVG and "
    "PNG, every table as CSV. It takes a minute or two. `python -m core report` does the same."
)


def offer_report(chosen: Selection) -> None:
    """Draw what makes a report of the study, and the report when it is made; on a public server, how to make one."""
    st.header("A report of this study")
    if is_public():
        st.caption("All that the pages show of a study in one file: `python -m core report` on a machine of your own.")
        return
    study = chosen.study
    ready = {
        s.key: s for s in applicable(study.posteriors is not None) if not has_to_be_trained(study, Recipe.of(s.key))
    }
    usual = [rung.recipe.key for rung in LADDER]
    keys = st.multiselect(
        "Strategies",
        list(ready),
        [key for key in ready if key in usual],
        format_func=lambda key: ready[key].title,
        help="Each with its usual parameters; those that have to be trained first are left out.",
        key="report_strategies",
    )
    if not keys:
        st.caption("Choose at least one strategy.")
        return
    recipes = [_usual(key) for key in keys]
    selected = written(chosen.shown)
    file = report_file(study, recipes, chosen.count, chosen.seed, selected)
    tidy_reports(file.parent)
    view = ["--means-alone"] if study.means_alone else []
    drawn = ["--count", str(chosen.count), "--seed", str(chosen.seed)]
    named = ["--strategies", *map(word_of, recipes)]
    rules = selecting(selected)
    arguments = ["report", "--study", str(study.folder), *view, *named, *rules, *drawn, "--zip", str(file), "--replace"]
    with st.container(horizontal=True, vertical_alignment="center"):
        made = file.exists()
        label = "Make it anew" if made else "Make a report"
        offer_job(label, arguments, f"Report on {study.name}", study.folder, "make_report", HELP)
        if made:
            st.download_button(
                f"Report ({file.stat().st_size / 1e6:,.0f} MB)",
                data=file.read_bytes,
                file_name=f"{study.name}_report.zip",
                mime="application/zip",
                icon=":material/download:",
                on_click="ignore",
            )


def cite(study: Study) -> None:
    """Draw what is cited of a study, to be copied."""
    with st.expander("Cite", icon=":material/format_quote:"):
        for citation in citations(study):
            st.markdown(f"For {citation.what}:")
            st.code(citation.text, language=None, wrap_lines=True)


def _usual(key: str) -> Recipe:
    """Return a strategy as the ladder of the start page has it, or else with its usual parameters."""
    return next((rung.recipe for rung in LADDER if rung.recipe.key == key), Recipe.of(key))
