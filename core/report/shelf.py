"""Where reports lie that a page has ordered, until newer ones take their place."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.settings import jobs_folder
from core.storage import writing
from core.strategies import Recipe
from core.study import Study

__all__ = ["KEPT", "report_file", "tidy_reports"]

KEPT = 5
"""Reports that are kept; of older ones the page makes another."""


def report_file(
    study: Study, recipes: Sequence[Recipe], count: int, seed: int, selected: Sequence[tuple[str, str]] = ()
) -> Path:
    """Return the zip that a report of these strategies and selections goes to.

    Raises
    ------
    InputError
        If its folder cannot be made.
    """
    drawn = ([recipe.stem for recipe in recipes], count, seed, tuple(selected))
    facts = (study.fingerprint, study.title, study.name, *drawn)
    folder = jobs_folder() / "reports"
    with writing(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{hashlib.sha256(repr(facts).encode()).hexdigest()[:32]}.zip"


def tidy_reports(folder: Path) -> None:
    """Remove all reports of a folder but the newest."""
    for path in sorted(folder.glob("[!.]*.zip"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        with suppress(OSError):
            path.unlink()
