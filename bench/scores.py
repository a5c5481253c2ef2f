"""The scoreboard: one row of it, the memory that it takes, all rows of both bundled studies.

The peer is the limit that the project sets itself; the floor is the part of each that no program can do without.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench import Measurement, limited
from core.scores.board import COUNT, SEEDS, Scorer, score_entries
from core.scores.entries import entries_of
from core.scores.images import count_faces
from core.strategies import Recipe
from core.study import open_study
from core.study.attributes import load_attributes

__all__ = ["measure"]

STUDIES = Path(__file__).parents[1] / "studies"
STUDY, BUNDLED = STUDIES / "celeba", 2
ROWS = (Recipe.of("mvn"), Recipe.of("shell"), Recipe.of("local"), Recipe.of("neighbours"))
WORK = """
import re, sys
from pathlib import Path
from core.__main__ import main
from core.study import open_study
if sys.argv[2:]:
    assert main(["score", "--study", sys.argv[1], "--strategy", "mvn", "--seeds", "1", "--out", sys.argv[2]]) == 0
else:
    open_study(sys.argv[1]).load_autoencoder()
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024 / 1e6)
"""


def measure() -> Iterator[Measurement]:
    """Yield time and memory of a row, and the time of the scoreboards of the bundled studies."""
    study = open_study(STUDY)
    scorer = Scorer(study, load_attributes(study))
    scorer.score(ROWS[0], COUNT, 0)  # prepares what all rows are held against
    seconds = {entry.key: _seconds(partial(scorer.score, entry, COUNT, 1)) for entry in ROWS}
    vectors = scorer.reference[:COUNT]
    floor = _seconds(lambda: count_faces(scorer.autoencoder.decode(vectors)))
    slowest = max(seconds, key=lambda key: seconds[key])
    yield limited(f"a row of 2,000 vectors, {slowest}", "s", seconds[slowest], 25.0, floor)

    with tempfile.TemporaryDirectory() as folder:
        memory = _megabytes(str(STUDY), str(Path(folder) / "row.csv"))
        yield limited("… memory of the process", "MB", memory, 2000.0, _megabytes(str(STUDY)))

        board = Path(folder) / "board.csv"
        entries = entries_of(study)
        minutes = _seconds(lambda: score_entries(scorer, entries, board, COUNT, seeds=1)) / 60
        share = floor / 60 * len(entries)
        both = SEEDS * BUNDLED
        yield limited(f"both scoreboards, {both} × one seed", "min", both * minutes, 75.0, both * share)


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _megabytes(*arguments: str) -> float:
    """Return the peak resident memory of a process of its own, VmHWM: `ru_maxrss` starts at its parent's."""
    done = subprocess.run([sys.executable, "-c", WORK, *arguments], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])
