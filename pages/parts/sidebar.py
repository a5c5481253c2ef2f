"""The sidebar: which study, which beside it, how many vectors, which seed; on each page those that it can use."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.errors import InputError
from core.glossary import explain
from core.selection import Selected
from core.selection.parts import Fitted
from core.settings import limits, studies_folder
from core.space.sample import Sample
from core.statistics import Description
from core.study import Study
from core.study.description import MEANS
from core.study.shelf import study_folders
from pages.parts.address import decided, exchange, give_way, keep
from pages.parts.codecs import option
from pages.parts.fields import choose, pick, whole_number
from pages.parts.loaders import load_description, load_reference, load_study
from pages.parts.selection_tools import choose_fitted, choose_selection

__all__ = ["NONE", "Selection", "named_folders", "sidebar"]

VECTORS, FEWEST = 512, 24
MAX_SEED = 2**31 - 1
NONE = "none"
"""No second study, or no second strategy."""

VIEWS = {"posteriors": "With noise", MEANS: "Means alone"}
"""What stands for the data where a vector has a posterior."""


@dataclass(frozen=True)
class Selection:
    """What the sidebar is set to, opened: among it, which vectors are selected, and what strategies are fitted to.

    Of several selections, ``selected`` is the one that is worked on, and all of them are ``shown``. Where strategies
    are fitted to all vectors, ``fitted`` is None.
    """

    study: Study
    description: Description
    count: int
    seed: int
    beside: tuple[Study, Description] | None = None
    selected: Selected | None = None
    fitted: Fitted | None = None
    shown: tuple[Selected, ...] = ()

    @property
    def reference(self) -> Sample:
        """The latent vectors on the side of the data."""
        return load_reference(self.study, self.count, self.seed)

    def file_name(self, *parts: str) -> str:
        """Return a file name that says the study and the given parts."""
        view = (MEANS,) if self.study.means_alone else ()
        return "_".join((self.study.name, *view, *parts))


def sidebar(lays_beside: bool, draws: bool, selects: bool = False, fits: bool = False) -> Selection:
    """Draw the sidebar's widgets, and open what they are set to.

    Parameters
    ----------
    lays_beside : bool
        Whether the page can draw a second study over the first.
    draws : bool
        Whether the page draws vectors, for which count and seed matter.
    selects : bool
        Whether vectors can be selected.
    fits : bool
        Whether strategies can be fitted to the selection.

    Raises
    ------
    InputError
        If there is no study, or it is damaged.
    """
    folders = study_folders(named_folders())
    if not folders:
        raise InputError(f"There is no study in {studies_folder()}; make one with 'python -m core train --help'.")
    with st.sidebar:
        name = _choose_study(list(folders))
        study, beside = load_study(folders[name]), None
        if study.posteriors is not None and _choose_view() == MEANS:
            study = study.with_means_alone()
        second = _choose_beside([other for other in folders if other != name]) if lays_beside else NONE
        count, seed = _choose_draw() if draws else (VECTORS, 0)
        description = load_description(study)
        shown, selected = choose_selection(study, description) if selects else ((), None)
        fitted = choose_fitted(study, selected) if fits else None
    if second != NONE:
        other = load_study(folders[second])
        beside = (other, load_description(other))
    return Selection(study, description, count, seed, beside, selected, fitted, shown)


def _choose_study(names: list[str]) -> str:
    first = decided("study", names[0], option("study", dict.fromkeys(names, "")))
    chosen = {"study": first, "beside": st.session_state["choices"].values.get("beside")}
    return pick("Study", names, names[0], "study", take=exchange("study", chosen), help=explain("study"))


def _choose_beside(others: list[str]) -> str:
    if not others:
        return NONE
    about = (
        "A second study, drawn over the first at the end of the page. Two studies or two strategies are held against "
        "each other, not both at once."
    )

    def take(name: str) -> None:
        if name != NONE:
            give_way("against", NONE, "The second strategy is put away: two studies are compared now.")
        keep("beside", name)

    return pick("Lay beside", [NONE, *others], NONE, "beside", take, help=about)


def _choose_view() -> str:
    about = (
        "The encoder of a variational autoencoder gives a normal law for each image, and the decoder was trained on "
        "vectors drawn from it. The means alone lie closer together."
    )
    return choose("Vectors of the images", VIEWS, "posteriors", "vectors_are", about)


def _choose_draw() -> tuple[int, int]:
    most = max(FEWEST, limits().drawn)
    count = whole_number(
        "Vectors", FEWEST, most, min(VECTORS, most), "vectors", step=128, help=explain("number of vectors")
    )
    return count, whole_number("Seed", 0, MAX_SEED, 0, "seed", help=explain("seed"))


def named_folders() -> list[Path]:
    """Return the folders that are named behind ``streamlit run dashboard.py --``.

    One among the user's own studies that is not there any more was renamed or deleted since.
    """
    own = Path(sys.argv[0]).name == "dashboard.py"  # not another program, a test runner say, that runs the pages
    named = [Path(argument).absolute() for argument in sys.argv[1:] if own]
    return [folder for folder in named if folder.exists() or folder.parent != studies_folder()]
