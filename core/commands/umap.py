"""``umap``: a map of a study in a plane, made once, measured and kept, for the page of the bulk."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.options import open_to_write, with_study_option
from core.commands.progress import ProgressBars
from core.study.describing import describe_study
from core.study.layout import build_layout

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("umap", help="lay a study out in a plane by UMAP, and measure what that keeps")
    command.add_argument("--study", type=Path, required=True, help="study to lay out")
    command.add_argument("--means-alone", action="store_true", help="the means of posteriors, of a variational study")
    with_study_option(command)
    command.set_defaults(run=run, ended="nothing half-written is left, repeat the command")


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    study = open_to_write(options)
    with ProgressBars() as bars:
        layout = build_layout(study, describe_study(study, bars.show), bars.show)
    kept, plain = layout.kept, layout.of_axes
    print(
        f"{study.folder}: {len(layout.laid):,} vectors laid out; trustworthiness {kept.trustworthiness:.3f} (of two "
        f"principal axes {plain.trustworthiness:.3f}), rank correlation of distances {kept.correlation:.2f} "
        f"({plain.correlation:.2f})"
    )
