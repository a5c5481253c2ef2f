"""The sidebar: which study, how many vectors, which seed. The same on every page."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.errors import InputError
from core.space.sample import Sample
from core.statistics import Description
from core.study import Study
from pages.parts.address import check_choice, warn_about, whole_number
from pages.parts.loaders import load_description, load_reference, load_study

__all__ = ["Selection", "selection", "sidebar"]

STUDIES = Path(__file__).parents[2] / "studies"
VECTORS, MAX_VECTORS = 512, 10_000
MAX_SEED = 2**31 - 1
NONE = "none"


@dataclass(frozen=True)
class Selection:
    """What the sidebar is set to, opened."""

    study: Study
    description: Description
    count: int
    seed: int
    beside: tuple[Study, Description] | None = None

    @property
    def reference(self) -> Sample:
        """The latent vectors on the CelebA side."""
        return load_reference(self.study, self.count, self.seed)

    def file_name(self, *parts: str) -> str:
        """Return a file name that says the study and the given parts."""
        return "_".join((self.study.name, *parts))


def sidebar() -> None:
    """Draw the sidebar's widgets."""
    folders = _folders()
    with st.sidebar:
        warn_about("study", check_choice("study", folders))
        st.selectbox(
            "Study",
            list(folders),
            key="study",
            bind="query-params",
            help="A trained autoencoder with the latent vectors of its images.",
        )
        others = [NONE, *(name for name in folders if name != st.session_state["study"])]
        if len(others) > 1:
            warn_about("beside", check_choice("beside", others))
            st.selectbox(
                "Lay beside",
                others,
                key="beside",
                bind="query-params",
                help="A second study, drawn over the first on Components, Bulk, Radii, Normality and Studies.",
            )
        whole_number(
            "Vectors", 24, MAX_VECTORS, VECTORS, "vectors", step=128, help="How many vectors are drawn on each side."
        )
        same = "The same seed and study give the same vectors and the same picture."
        whole_number("Seed", 0, MAX_SEED, 0, "seed", help=same)


def selection() -> Selection:
    """Open what the sidebar is set to; raise `InputError` if there is no study or it is damaged."""
    folders = _folders()
    name = st.session_state.get("study")
    if name not in folders:
        raise InputError(f"There is no study in {STUDIES}; make one with 'python -m core train --help'.")
    study, beside = load_study(folders[name]), None
    if (second := st.session_state.get("beside", NONE)) in folders and second != name:
        other = load_study(folders[second])
        beside = (other, load_description(other))
    return Selection(study, load_description(study), st.session_state["vectors"], st.session_state["seed"], beside)


def _folders() -> dict[str, Path]:
    """Return the studies by name: those named behind ``streamlit run dashboard.py --`` first, then the bundled ones."""
    bundled = sorted(p.parent for p in STUDIES.glob("[!.]*/study.json"))
    own = Path(sys.argv[0]).name == "dashboard.py"  # not another program, a test runner say, that runs the pages
    named = [Path(argument).absolute() for argument in sys.argv[1:] if own]
    folders = {folder.name: folder for folder in named}
    return folders | {folder.name: folder for folder in bundled if folder.name not in folders}
