"""``statistics``: the tables of a study and of samples as CSV."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.endings import WRITING_ENDED
from core.commands.options import check_draw, draw, open_to_write, sample_options, with_study_option
from core.commands.progress import ProgressBars
from core.errors import InputError
from core.scores import cycle_errors, scales_of
from core.space.sample import draw_reference
from core.statistics import far_out, shape_of_all
from core.storage import output_folder, whole_folder
from core.strategies import STRATEGIES, Effort, Strategy, applicable, make_strategy
from core.study import Study
from core.study.describing import describe_study
from core.study.fits import is_kept
from core.tables import (
    axis_table,
    component_table,
    correlation_table,
    cut_table,
    distance_table,
    radius_table,
    shape_table,
    summary_table,
    to_csv,
    vector_table,
)

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    keys = ", ".join(s.key for s in STRATEGIES)
    command = commands.add_parser("statistics", help="write the tables of a study and of samples as CSV")
    command.add_argument("--study", type=Path, required=True, help="study to describe")
    command.add_argument(
        "--strategy",
        nargs="+",
        metavar="KEY",
        help=f"strategies to sample (all that need not be trained first: {keys})",
    )
    sample_options(command)
    command.add_argument("--cycle", action="store_true", help="decode, too, and add the cycle errors to the summary")
    command.add_argument("--out", type=Path, required=True, help="folder to write")
    command.add_argument("--replace", action="store_true", help="take the place of a folder that is there")
    with_study_option(command)
    command.set_defaults(run=run, ended=WRITING_ENDED)


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    wanted = [make_strategy(key) for key in options.strategy or ()]
    check_draw(options)
    out = output_folder(options.out, options.replace)
    _require_tables(out)
    study = open_to_write(options)
    strategies = wanted or _strategies_of(study)
    description = describe_study(study)
    tables = {
        "components": component_table(description),
        "correlations": correlation_table(description.moments),
        "radii": radius_table(description, study.rows["image"]),
        "principal_axes": axis_table(description),
        "component_shapes": shape_table("component", 0, [("", shape_of_all(study.latents, description, False))]),
        "axis_shapes": shape_table("axis", 1, [("", shape_of_all(study.latents, description, True))]),
        "distances": distance_table(description),
        "cuts": cut_table(description, far_out(study.latents, description)),
    }
    samples = [draw_reference(study, description, options.count, options.seed)]
    with ProgressBars() as bars:
        samples += [
            draw(study, s, options, bars)
            for s in bars.follow(strategies, "sampling", "strategies", lambda strategy: strategy.key)
        ]
        for sample in samples:
            tables[f"components_{sample.stem}"] = component_table(description, sample)
            tables[f"radii_{sample.stem}"] = radius_table(sample.description, sample.images)
            tables[f"vectors_{sample.stem}"] = vector_table(sample)
        errors = None
        if options.cycle:
            autoencoder, widths = study.load_autoencoder(), scales_of(study, description.moments.widths)
            errors = [
                cycle_errors(autoencoder, sample.vectors, widths)
                for sample in bars.follow(samples, "decoding and encoding", "samples", lambda sample: sample.stem)
            ]
        tables["summary"] = summary_table(description, samples, errors)
        with whole_folder(out, options.replace) as partial:
            for name in bars.follow(tables, "writing", "tables"):
                (partial / f"{name}.csv").write_bytes(to_csv(tables[name]))
    print(f"{options.out}: {len(tables)} tables")


def _strategies_of(study: Study) -> list[Strategy]:
    """Return the strategies that a study can be sampled by: of those that have to be trained, those that are."""
    all_of_them = (make_strategy(strategy.key) for strategy in applicable(study.posteriors is not None))
    return [one for one in all_of_them if one.effort is not Effort.TRAINING or is_kept(study, one)]


def _require_tables(folder: Path) -> None:
    if folder.exists() and not all(path.suffix == ".csv" for path in folder.iterdir()):
        raise InputError(f"{folder} holds more than tables, so it is not replaced; choose another folder.")
