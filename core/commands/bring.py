"""``import``: a study of latent vectors that were made elsewhere, or one that was exported."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.options import WRITING_ENDED
from core.commands.progress import ProgressBars
from core.sources.vectors import SUFFIXES, open_vectors
from core.study.archive import install_export, is_export, open_exported
from core.study.building import write_vectors
from core.study.changing import retitle_study
from core.study.groups import NO_GROUP, declare_group

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("import", help="write a study of what was made elsewhere")
    kinds = ", ".join(sorted(SUFFIXES))
    command.add_argument(
        "vectors", type=Path, metavar="FILE", help=f"latent vectors, one per row ({kinds}), or an exported study (.zip)"
    )
    command.add_argument("--study", type=Path, required=True, help="folder to write")
    command.add_argument("--title", help="what the vectors are, as a reader calls them (the folder's name)")
    command.add_argument(
        "--key", metavar="NAME", help="what to take where a file holds several: an array, an embedding, columns"
    )
    command.add_argument(
        "--group",
        metavar="COLUMN",
        help="column that says which vectors belong together (group, person, donor, patient, subject or video where "
        f"there is one; {NO_GROUP}: no column)",
    )
    command.add_argument("--replace", action="store_true", help="take the place of a study that is there")
    command.set_defaults(run=run, ended=WRITING_ENDED)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    if is_export(options.vectors):
        _install(options)
    else:
        _write(options)


def _install(options: argparse.Namespace) -> None:
    print(f"{options.vectors}: {open_exported(options.vectors).describe()}")
    with ProgressBars() as bars:
        study = install_export(options.vectors, options.study, replace=options.replace, report=bars.show)
    if options.title:
        retitle_study(study.folder, options.title)
    print(f"{study.folder}: {len(study):,} vectors of {study.dimension} components, {options.title or study.title}")


def _write(options: argparse.Namespace) -> None:
    vectors = open_vectors(options.vectors, options.key)
    print(f"{vectors.path}: {vectors.describe()}")
    rows, groups = declare_group(vectors.columns, options.group)
    if groups:
        print(f"{vectors.path}: {groups}")
    if vectors.names is not None:
        rows = rows.assign(image=vectors.names)
    study = write_vectors(vectors.array, options.study, rows, title=options.title, replace=options.replace)
    print(f"{study.folder}: {len(study):,} vectors of {study.dimension} components, {study.title}")
