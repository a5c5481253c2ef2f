"""``verify``: whether a study is as it was written."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.progress import ProgressBars
from core.errors import InputError
from core.scores.rows import FILE as SCORES
from core.scores.rows import read_scores
from core.storage import STUDY, sha256
from core.study import Study, open_study
from core.study.attributes import load_attributes
from core.study.shared import ATTRIBUTES, SHARED
from core.study.shelf import find_study

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("verify", help="check that every file of a study is as it was written")
    command.add_argument("--study", type=Path, required=True, help="study to check")
    command.set_defaults(run=run, ended="not all was checked, repeat the command")


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    study = open_study(find_study(options.study))
    files = [*study.digests, *(n for n in (ATTRIBUTES, SHARED, SCORES) if (study.folder / n).exists())]
    with ProgressBars() as bars:
        for name in bars.follow(files, "checking", "files"):
            _check(study, name)
    print(f"{study.folder}: {len(files)} files are as they were written ({', '.join(files)})")


def _check(study: Study, name: str) -> None:
    """Raise `InputError` if a file of a study is not as it was written; what is derived is checked when it is read."""
    path = study.folder / name
    if name in (ATTRIBUTES, SHARED):
        load_attributes(study)
    elif name == SCORES:
        read_scores(path)
    elif sha256(path) != study.digests[name]:
        raise InputError(f"{path} is not what {STUDY} says (its SHA-256 is another); restore it from its source.")
