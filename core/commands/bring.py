"""``import``: a study of what was made elsewhere: vectors, a model and images, or an exported study."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.commands.endings import WRITING_ENDED, say_what_was_written
from core.commands.progress import ProgressBars
from core.errors import InputError
from core.networks.foreign import LAYOUTS, RANGES
from core.sources.vectors import SUFFIXES
from core.storage import output_folder
from core.study.archive import install_export, is_export, open_exported
from core.study.changing import retitle_study
from core.study.groups import NO_GROUP, declare_group
from core.study.importing import write_found
from core.study.looking import look
from core.study.models import AUTO, NONE, Wishes, read_size

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    command = commands.add_parser("import", help="write a study of what was made elsewhere")
    kinds = ", ".join(sorted(SUFFIXES))
    command.add_argument(
        "paths",
        type=Path,
        nargs="+",
        metavar="PATH",
        help=f"latent vectors, one per row ({kinds}, or a folder of part-00000.npy and on); an "
        "encoder and a decoder (.keras or .onnx), or one Keras model that is both; or an exported study (.zip)",
    )
    command.add_argument("--study", type=Path, required=True, help="folder to write")
    command.add_argument(
        "--images", type=Path, help="folder or archive of images, which the encoder encodes or vectors name"
    )
    command.add_argument("--rows", type=Path, metavar="FILE", help="table of what is known of each, by name or order")
    command.add_argument("--title", help="what the data are, as a reader calls them (the folder's name)")
    command.add_argument(
        "--range",
        default=AUTO,
        help=f"what black and white are: {AUTO}, {', '.join(RANGES)} (%(default)s)",
    )
    command.add_argument(
        "--layout", choices=(AUTO, *LAYOUTS), default=AUTO, help="whether channels come last or first (%(default)s)"
    )
    command.add_argument("--size", type=_size, metavar="HxW", help="height and width, where the model takes any")
    command.add_argument(
        "--latent", metavar="OUTPUT", help="number of the encoder's output that is the vector, or the layer's name"
    )
    command.add_argument(
        "--log-variance",
        metavar="OUTPUT",
        default=AUTO,
        help=f"number of the encoder's output that holds log variances of posteriors, or {NONE} (%(default)s)",
    )
    command.add_argument("--crop", type=int, help="side of the central square in pixels, 0 the largest")
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
    if is_export(options.paths[0]):
        _install(options)
    else:
        _write(options)


def _install(options: argparse.Namespace) -> None:
    if len(options.paths) > 1:
        raise InputError(f"{options.paths[0]} is a whole study; give nothing beside it.")
    print(f"{options.paths[0]}: {open_exported(options.paths[0]).describe()}")
    with ProgressBars() as bars:
        study = install_export(options.paths[0], options.study, replace=options.replace, report=bars.show)
    if options.title:
        retitle_study(study.folder, options.title)
    print(f"{study.folder}: {len(study):,} vectors of {study.dimension} components, {options.title or study.title}")


def _write(options: argparse.Namespace) -> None:
    folder = output_folder(options.study, options.replace)
    wishes = Wishes(options.range, options.layout, options.size, options.latent, options.log_variance)
    found = look(options.paths, options.images, options.rows, wishes=wishes, crop=options.crop, key=options.key)
    for line in found.describe():
        print(line)
    if groups := declare_group(found.rows, options.group)[1]:
        print(groups)
    with ProgressBars() as bars:
        report = write_found(
            found,
            folder,
            title=options.title,
            group=options.group,
            replace=options.replace,
            on_images=bars.show,
        )
    say_what_was_written(report)


def _size(text: str) -> tuple[int, int]:
    try:
        return read_size(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
