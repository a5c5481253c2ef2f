"""``describe``: the statistics of a study, computed once and kept, so that no page has to wait for them."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.options import open_to_write, scheduled, scheduler_option, with_study_option
from core.commands.progress import ProgressBars
from core.study.describing import describe_study
from core.study.names import index_names
from core.study.sampling import sampled_rows
from core.study.study_sets import study_sets
from core.tables import attributes_of

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("describe", help="compute the statistics of a study once, before its pages ask")
    command.add_argument("--study", type=Path, required=True, help="study to describe")
    with_study_option(command)
    scheduler_option(command)
    command.set_defaults(run=run, ended="nothing half-written is left, repeat the command")


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    study = open_to_write(options)
    with ProgressBars() as bars, scheduled(options) as cluster:
        description = describe_study(study, bars.show, cluster)
        index_names(study, bars.show)
        study_sets(study)
        attributes_of(study)
    rows, summary = sampled_rows(study), description.summary
    said = "" if rows is None else f", {len(rows):,} of them sampled for pictures"
    if summary is not None:
        error = float(summary.lattice.rank_error.max())
        said += f"; quantiles of components err by at most {error:.2%} in rank, everything else is exact"
    print(f"{study.folder}: {len(study):,} vectors of {study.dimension} components described{said}")
