"""``python -m bench.faults [COUNT] [SEED]``: damage a study in many ways; it opens or is refused with a sentence.

Each round copies a small planted study, damages one of its files, in every second round lets the description say what
the files are now, so that no digest gives the damage away, and opens it. What opens is described. Anything but an
`InputError` is a fault: it is printed with its round, and the exit status is 1.

``python -m bench.faults kills [KILLS] [SEED] [NAME …]`` kills jobs at random moments instead; see :mod:`bench.kills`.
``python -m bench.faults fuzz [READER] [SECONDS] [SEED]`` damages the files that others bring; see :mod:`bench.fuzz`.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import safetensors.numpy

from bench.fuzz import run_fuzz
from bench.kills import WORKS, run_kills
from core.errors import InputError
from core.networks import AutoencoderConfig, Epoch, TrainingConfig
from core.study import open_study, verify_study
from core.study.card import card
from core.study.describing import FILE as STATISTICS
from core.study.describing import describe_study
from core.study.description import (
    DESCRIPTION,
    LATENTS,
    ROWS,
    WEIGHTS,
    write_description,
)
from core.study.files import file_facts
from core.study.origin import Source, TrainingRecord
from core.study.sets import halves
from core.study.writing import write_vectors

__all__ = ["damage", "plant", "run"]

COUNT, DIMENSION = 40, 4

MEMORY = 6 * 2**30
"""Bytes of address space: a damaged length must not take the machine down."""

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 7, 2**31, 2**63, 10**40, 0.5, -1.5, 1e300, "", "x", "1", "\x00", "\x1b[31m", "\u202e",
    "../../etc/passwd", "a" * 5000, [], {}, [[]], [None], {"": None}, {"kind": "none"}, [1, 2, 3], "NaN",
)  # fmt: skip
"""Values that JSON can hold and a field does not expect."""

NUMBERS = ("1e999", "-1e999", "9" * 5000, "NaN", "Infinity", "-0", "1E400", "0x10", "01")
"""Numbers as text that a parser may stumble over."""


def plant(folder: Path) -> None:
    """Write a small study with all of its parts; the weights are those of no network."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "image": [f"{i:03d}.jpg" for i in range(COUNT)],
            "partition": np.where(np.arange(COUNT) % 5, "train", "validation"),
            "reconstruction_error": rng.random(COUNT).astype(np.float32),
            "group": [f"person {i // 2}" for i in range(COUNT)],
            "Smiling": pd.array(rng.random(COUNT) < 0.5, "boolean"),
            "age": rng.integers(1, 99, COUNT),
        }
    )
    write_vectors(rng.normal(size=(COUNT, DIMENSION)).astype(np.float32), folder, rows)
    weights = {f"decoder/{name}": rng.normal(size=(3, 4)).astype(np.float16) for name in "ab"}
    safetensors.numpy.save_file(weights, folder / WEIGHTS)
    source = Source("zip", COUNT, 148, (16, 16), {"train": 32, "validation": 8}, 0)
    history = tuple(Epoch(i, 0.1 / i, 0.2 / i, 1.5) for i in (1, 2, 3))
    training = TrainingRecord(TrainingConfig(epochs=3), history, 4.5, {"numpy": "2.4.6"})
    config = AutoencoderConfig(16, latent_size=DIMENSION, filters=(4, 8))
    write_description(folder, "planted", config, source, training)
    describe_study(open_study(folder))


def damage(folder: Path, rng: np.random.Generator) -> str:
    """Damage one file of a study; return what was done."""
    name = str(rng.choice([DESCRIPTION, DESCRIPTION, LATENTS, ROWS, ROWS, WEIGHTS, STATISTICS]))
    ways = [*BYTES, *WAYS.get(name, ())]
    way = ways[rng.integers(len(ways))]
    way(folder / name, rng)
    signed = bool(rng.integers(2))
    if signed:
        _sign(folder)
    return f"{name}: {way.__name__.strip('_')}{', signed' if signed else ''}"


def run(count: int, seed: int, say: Callable[[str], None] = print) -> Counter[str]:
    """Return how many of so many damaged studies were ``opened``, ``refused``, and a ``fault``."""
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("error")
        whole, damaged = Path(place) / "whole", Path(place) / "damaged"
        plant(whole)
        for number in range(count):
            shutil.rmtree(damaged, ignore_errors=True)
            shutil.copytree(whole, damaged)
            what = damage(damaged, np.random.default_rng((seed, number)))
            try:
                outcome = _outcome(damaged)
            except Exception:  # noqa: BLE001
                outcome = "fault"
                say(f"round {number} of seed {seed}, {what}\n{traceback.format_exc()}")
            outcomes[outcome] += 1
    return outcomes


def _outcome(folder: Path) -> str:
    """Open a study and ask it what a page asks; return whether it opened."""
    try:
        study = open_study(folder)
    except InputError as error:
        if "\n" in str(error) or not str(error).endswith("."):
            raise AssertionError(f"This is no sentence: {error}") from error
        return "refused"
    describe_study(study)
    card(study)
    halves(study.rows)
    assert study.weight_count >= 0
    assert isinstance(study.attributes, tuple)
    try:
        verify_study(study)
    except InputError:
        return "opened, refused when verified"
    return "opened"


def _flip(path: Path, rng: np.random.Generator) -> None:
    data = bytearray(path.read_bytes())
    for position in rng.integers(len(data), size=rng.integers(1, 9)):
        data[position] ^= 1 << int(rng.integers(8))
    path.write_bytes(data)


def _cut(path: Path, rng: np.random.Generator) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: rng.integers(len(data))])


def _insert(path: Path, rng: np.random.Generator) -> None:
    data, position = path.read_bytes(), int(rng.integers(path.stat().st_size))
    path.write_bytes(data[:position] + rng.bytes(int(rng.integers(1, 64))) + data[position:])


def _remove(path: Path, rng: np.random.Generator) -> None:
    data, position = path.read_bytes(), int(rng.integers(path.stat().st_size))
    path.write_bytes(data[:position] + data[position + int(rng.integers(1, 64)) :])


def _blank(path: Path, rng: np.random.Generator) -> None:
    data, position = bytearray(path.read_bytes()), int(rng.integers(path.stat().st_size))
    length = min(int(rng.integers(1, 64)), len(data) - position)
    data[position : position + length] = bytes([int(rng.choice([0, 255]))]) * length
    path.write_bytes(data)


def _header(path: Path, rng: np.random.Generator) -> None:
    """Flip bits where most formats keep their lengths: in the first and the last kilobyte."""
    data = bytearray(path.read_bytes())
    places = [p for p in range(len(data)) if p < 200 or p >= len(data) - 1000]
    for position in rng.choice(places, size=rng.integers(1, 5)):
        data[position] = int(rng.integers(256))
    path.write_bytes(data)


def _delete(path: Path, rng: np.random.Generator) -> None:
    path.unlink()
    if rng.integers(2):
        path.mkdir()


def _value(path: Path, rng: np.random.Generator) -> None:
    """Put an odd value into the place of a field, whichever."""
    description = json.loads(path.read_text())
    holder, key = _place(description, rng)
    holder[key] = ODD[rng.integers(len(ODD))]
    path.write_text(json.dumps(description))


def _field(path: Path, rng: np.random.Generator) -> None:
    """Remove a field, rename it, or add one."""
    description = json.loads(path.read_text())
    holder, key = _place(description, rng)
    if isinstance(holder, dict) and rng.integers(2):
        holder[str(rng.choice(["", "extra", "schema", "count", "\n"]))] = holder.pop(key)
    elif rng.integers(2):
        del holder[key]
    else:
        holder[key] = [holder[key], {"again": holder[key]}]
    path.write_text(json.dumps(description))


def _number(path: Path, rng: np.random.Generator) -> None:
    """Write a number as JSON does not know it, or beyond all limits, or nest without end."""
    description = json.loads(path.read_text())
    holder, key = _place(description, rng)
    holder[key] = "@@"
    odd = [*NUMBERS, "[" * 100_000, '{"a":' * 100_000, "[" * 500 + "]" * 500]
    path.write_text(json.dumps(description).replace('"@@"', odd[rng.integers(len(odd))]))


def _array(path: Path, rng: np.random.Generator) -> None:
    """Put other vectors into the place of these."""
    shapes = [(COUNT, DIMENSION), (COUNT, DIMENSION + 1), (COUNT - 1, DIMENSION), (COUNT,), (0, DIMENSION), ()]
    shape = shapes[rng.integers(len(shapes))]
    values = rng.normal(size=shape) * 10.0 ** rng.integers(-40, 40)
    values = np.where(rng.random(shape) < 0.1, rng.choice([np.nan, np.inf, 0, 1e6, -1e5]), values)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kind = str(rng.choice(["<f2", "<f4", "<f8", ">f4", "i4", "?", "c8", "U3", "O"]))
        np.save(path, np.asarray(values).astype(kind), allow_pickle=True)


def _column(path: Path, rng: np.random.Generator) -> None:
    """Put another column into the place of one, or add one, or leave one out."""
    rows = pd.read_parquet(path)
    name = str(rng.choice([*rows.columns, "new", "\x1b[2J", "", "a" * 300]))
    columns: list[Any] = [
        rng.normal(size=COUNT), np.full(COUNT, np.nan), np.full(COUNT, np.inf), np.arange(COUNT),
        rng.random(COUNT) < 0.5, [None] * COUNT, ["x\x00"] * COUNT, ["\u202e"] * COUNT, [""] * COUNT,
        [["nested"]] * COUNT, [{"a": 1}] * COUNT, pd.date_range("2000", periods=COUNT), pd.Categorical(["a"] * COUNT),
        [b"\xff"] * COUNT, ["a" * 5000] * COUNT, pd.array([True, None] * (COUNT // 2), "boolean"),
        pd.period_range("2000", periods=COUNT, freq="D"), np.full(COUNT, 10**18), np.full(COUNT, -1e-3, np.float32),
        pd.arrays.IntervalArray.from_breaks(range(COUNT + 1)), np.full(COUNT, 1e300),
    ]  # fmt: skip
    chosen = int(rng.integers(len(columns) + 2))
    if chosen < len(columns):
        rows = rows.assign(**{name: columns[chosen]})
    elif chosen == len(columns):
        rows = rows.drop(columns=name, errors="ignore")
    else:
        rows = rows.iloc[: rng.integers(COUNT)].set_index("image")
    rows.to_parquet(path)


def _schema(path: Path, rng: np.random.Generator) -> None:
    """Give two columns one name, or tell pandas nonsense about them."""
    table = pa.Table.from_pandas(pd.read_parquet(path))
    if rng.integers(2):
        table = table.rename_columns([str(rng.choice(["image", "group", "x"])) for _ in table.column_names])
    else:
        table = table.replace_schema_metadata({b"pandas": rng.bytes(20), b"ARROW:schema": rng.bytes(20)})
    pq.write_table(table, path)


BYTES = (_flip, _cut, _insert, _remove, _blank, _header, _header, _delete)

WAYS: dict[str, tuple[Callable[[Path, np.random.Generator], None], ...]] = {
    DESCRIPTION: (_value, _field, _number) * 4,
    LATENTS: (_array,) * 8,
    ROWS: (_column, _column, _schema) * 3,
}


def _place(description: Any, rng: np.random.Generator) -> tuple[Any, Any]:
    """Return a holder and a key of one of a description's fields, deep ones as likely as others."""
    places = []
    waiting = [description]
    while waiting:
        holder = waiting.pop()
        for key in holder if isinstance(holder, dict) else range(len(holder)):
            places.append((holder, key))
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])
    return places[rng.integers(len(places))]


def _sign(folder: Path) -> None:
    """Let the description say what the files are, where it still can."""
    try:
        description = json.loads((folder / DESCRIPTION).read_bytes())
        files = [name for name in description["files"] if (folder / name).is_file()]
        description["files"] |= {name: msgspec.to_builtins(file_facts(folder / name)) for name in files}
        (folder / DESCRIPTION).write_text(json.dumps(description))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return


def _kill(kills: str = "20", seed: str = "0", *names: str) -> int:
    """Kill jobs of the named kinds, or of all; return the exit status."""
    counts = run_kills(int(kills), int(seed), tuple(work for work in WORKS if not names or work.name in names))
    print(json.dumps(counts, sort_keys=True))
    return 1 if counts["faults"] else 0


def main() -> int:
    """Run as many rounds as the command line says, 2,000 by default; or kill jobs, or fuzz readers."""
    if sys.argv[1:2] == ["fuzz"]:
        return run_fuzz(*sys.argv[2:])
    if sys.argv[1:2] == ["kills"]:
        return _kill(*sys.argv[2:])
    count, seed, *_ = (*(int(word) for word in sys.argv[1:]), *(2000, 0)[len(sys.argv) - 1 :])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    outcomes = run(count, seed)
    print(json.dumps(outcomes, sort_keys=True))
    return 1 if outcomes["fault"] else 0


if __name__ == "__main__":
    sys.exit(main())
