"""``score``: the scoreboard of a study."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.commands.options import open_to_write, with_study_option
from core.commands.progress import ProgressBars
from core.errors import InputError
from core.scores import Need, registry
from core.scores.board import COUNT, SEEDS, Scorer, score_entries
from core.scores.entries import OWN, RECONSTRUCTIONS, entries_of, entry_of, own_entry
from core.scores.own import read_own, score_own
from core.scores.rows import FILE, NOTE, left_out, read_scores
from core.storage import output_file
from core.strategies import STRATEGIES, Recipe, find_strategy
from core.study import Study
from core.study.attributes import load_attributes
from core.study.kept import table_to_write

__all__ = ["add", "run"]

REMEDIES = {Need.NETWORK: "python -m core attributes", Need.DETECTOR: "pip install dlib-bin"}
"""How to get a judge that is missing."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    keys = ", ".join(s.key for s in STRATEGIES)
    command = commands.add_parser("score", help="score every strategy, and write the scoreboard")
    command.add_argument("--study", type=Path, required=True, help="study to score")
    command.add_argument("--strategy", nargs="+", metavar="KEY", help=f"rows of these strategies (all: {keys})")
    command.add_argument(
        "--rows",
        nargs="+",
        metavar="KEY[,NAME=VALUE…]",
        help="these rows and no others, each a strategy with parameters; those that are not given are as usual",
    )
    command.add_argument(
        "--vectors",
        nargs="+",
        metavar="NAME=FILE",
        help="rows of vectors of your own samplers and no others: .npy, or .npz as sample writes it; seed k judges the "
        "k-th COUNT of them",
    )
    command.add_argument("--count", type=int, default=COUNT, help="vectors of a sample (%(default)s)")
    command.add_argument("--seeds", type=int, default=SEEDS, help="samples of a row (%(default)s)")
    command.add_argument("--again", action="store_true", help="compute rows anew that the table holds already")
    command.add_argument("--out", type=Path, metavar="FILE.csv", help="table to write or to go on with (the study's)")
    with_study_option(command)
    command.set_defaults(run=run, ended="its rows up to here are kept, repeat the command to go on")


def run(options: argparse.Namespace) -> None:
    """Run the command."""
    rows = _rows(options)
    wanted = {Recipe.of(key).key for key in options.strategy or []}
    if options.count < 2 or not 1 <= options.seeds <= 1000:
        raise InputError("A scoreboard needs samples of at least 2 vectors, and from 1 to 1000 seeds.")
    if options.out:
        output_file(options.out, replace=True, owned=FILE)
    study = open_to_write(options)
    path = output_file(options.out or table_to_write(study, FILE), replace=True, owned=FILE)
    read_scores(path)  # refuses what is no table before the work
    for said in left_out(path):
        print(said)
    entries = rows or [e for e in entries_of(study) if not wanted or e == RECONSTRUCTIONS or e.key in wanted]
    for key in sorted(wanted - {entry.key for entry in entries}):
        _say_why_not(key, study)
    own = _read_vectors(options.vectors or [], study)
    attributes = load_attributes(study)
    scorer = Scorer(study, attributes, options.count)
    _say_what_is_missing(scorer)
    with ProgressBars() as bars:
        for name, vectors in own.items():
            table = score_own(scorer, name, vectors, path, options.count, options.seeds, bars.show)
        if not own:
            table = score_entries(scorer, entries, path, options.count, options.seeds, bars.show, options.again)
    _say_what_is_not_comparable(table, own, options.count)
    for _, row in table[table[NOTE] != ""].iterrows():
        print(f"{row['strategy']} {row['parameters']}: {row[NOTE]}")
    print(f"{path}: {len(table)} rows")


def _rows(options: argparse.Namespace) -> list[Recipe]:
    """Return the rows that the options name one by one; refuse options that contradict each other."""
    rows = [entry_of(key, text) for key, _, text in (row.partition(",") for row in options.rows or [])]
    if sum(map(bool, (rows, options.strategy, options.vectors))) > 1:
        raise InputError("--strategy, --rows and --vectors each say what is scored; give one of them.")
    if brought := next((entry for entry in rows if entry.key == OWN), None):
        raise InputError(f"The vectors of {brought.text} were brought; bring them again with --vectors NAME=FILE.")
    return rows


def _say_what_is_missing(scorer: Scorer) -> None:
    """Say which scores cannot be had, and how to get them."""
    study = scorer.study
    if not study.has_decoder:
        print(f"The study {study.name} has no autoencoder: it gets the scores that need vectors alone.")
    for need, remedy in REMEDIES.items() if study.has_decoder else ():
        if not scorer.judges.has(need):
            labels = ", ".join(score.label for score in registry.SCORES if score.needs is need)
            print(f"without {need}: no {labels} ({remedy})")


def _read_vectors(words: Sequence[str], study: Study) -> dict[str, npt.NDArray[np.floating]]:
    """Return the vectors of files by the names that the options give them."""
    files: dict[str, Path] = {}
    for word in words:
        name, equals, file = word.partition("=")
        if not equals or not file:
            raise InputError(f"--vectors takes NAME=FILE, not {word!r}; for example --vectors mine=vectors.npy.")
        own_entry(name)  # refuses what is no name
        if name in files:
            raise InputError(f"--vectors names {name} twice; give each sampler a name of its own.")
        files[name] = Path(file)
    return {name: read_own(file, study) for name, file in files.items()}


def _say_what_is_not_comparable(table: pd.DataFrame, own: Mapping[str, npt.NDArray[np.floating]], count: int) -> None:
    """Say which vectors stand beside no other row, since those have samples of another size."""
    others = table.loc[table["strategy"] != OWN, "count"]
    for name, vectors in own.items():
        used = min(len(vectors), count)
        if len(others) and used != others.max():
            print(f"{name}: samples of {used:,} vectors are not to be compared with the {others.max():,} of other rows")


def _say_why_not(key: str, study: Study) -> None:
    """Raise `InputError` with the reason why a study cannot have rows of a strategy."""
    strategy = find_strategy(key)
    if strategy.needs_posteriors:
        raise InputError(f"{strategy.title} draws from posteriors, and the study {study.name} has none.")
    raise InputError(
        f"{strategy.title} has to be trained on half A of the study {study.name} first; do so with "
        f"'python -m core fit --study {study.folder} --strategy {key} --half'."
    )
