"""``studies``: the studies at hand, in a list."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.study.shelf import Entry, printable, studies

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("studies", help="list the studies that come with the program, and your own")
    command.add_argument("folders", type=Path, nargs="*", metavar="DIR", help="studies that lie elsewhere")
    command.set_defaults(run=run, ended="nothing was changed")


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    for entry in studies(options.folders):
        print(printable(_line(entry)))


def _line(entry: Entry) -> str:
    if entry.problem:
        return f"{entry.name}: damaged. {entry.problem}"
    shipped = ", comes with the program" if entry.shipped else ""
    return (
        f"{entry.name}: {entry.title}, {entry.count:,} × {entry.dimension}, {entry.kind}, {entry.size / 1e6:,.1f} MB"
        f"{shipped}, in {entry.folder}"
    )
