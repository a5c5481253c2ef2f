"""``python -m bench.faults kills [KILLS] [SEED] [NAME …]`` kills jobs at random moments; studies stay whole.

Training, encoding, import of vectors, export, import of an exported study (unpacking) and fitting, each with tiny work,
are ordered as jobs and killed (SIGKILL, the whole session) so many times, again and again in the same work, which is
continued after each kill. What must hold after each:

* the job says that it stopped unexpectedly, or had ended before the kill;
* every study in the place is whole, and the target, a study or an exported file, is whole or absent;
* of a training, no epoch is done twice; of an encoding, every block that was reported is on the disk.

In the end the job is continued until it is done. What does not hold is a fault: it is printed, and the exit status
is 1.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from core.errors import InputError
from core.jobs import Job, State, find_job, forget, resume, submit
from core.jobs.files import ALIVE, is_alive
from core.storage import STUDY
from core.study import open_study, verify_study
from core.study.archive import export_study, install_export
from core.study.workplace import BATCH
from core.study.writing import write_vectors

__all__ = ["WORKS", "kill", "run_kills"]

IMAGES, TRAINED, SIDE = 1200, 160, 16
"""Images to encode, in five blocks, and to train on, and their sides in pixels."""

LARGE = (400_000, 64)
"""Vectors of the study that is exported: 51 MB, so that a kill can meet the writing."""

AT_MOST = 4
"""Kills of one job before it is left to end."""

PATIENCE = 300.0
"""Seconds in which each step must come to its end, on a busy machine, too."""

EPOCH = re.compile(r"^epoch (\d+)/\d+:", re.MULTILINE)


@dataclass(frozen=True)
class Work:
    """One kind of job: its command in a folder with images, vectors and a study, its target, and what it must keep."""

    name: str
    arguments: tuple[str, ...]
    target: str
    lost: Callable[[Job], str] = lambda _: ""


def twice(job: Job) -> str:
    """Return which epoch was done more than once; empty without one."""
    many = [epoch for epoch, count in Counter(EPOCH.findall(job.log)).items() if count > 1]
    return f"epoch {many[0]} was done twice" if many else ""


def missing(job: Job) -> str:
    """Return whether a block that was reported as encoded is not on the disk; empty if all are."""
    if job.progress is None or job.target is None or job.target.exists():
        return ""
    done = int(job.progress.done) // BATCH if job.progress.task == "encoding images" else 0
    blocks = job.target.with_name(f"{job.target.name}.encoding")
    kept = len(list(blocks.glob("block-*.npz")))
    return f"{done} blocks were reported, {kept} are there" if kept < done else ""


def broken(job: Job) -> str:
    """Return why an exported file that is there makes no study; empty where it does, or where there is none."""
    if job.target is None or not job.target.exists():
        return ""
    with tempfile.TemporaryDirectory() as folder:
        try:
            install_export(job.target, Path(folder) / "again")
        except InputError as error:
            return str(error)
    return ""


SHAPE = ("--image-size", str(SIDE), "--latent-size", "4", "--filters", "4", "8", "--batch-size", "16")

WORKS = (
    Work(
        "training",
        ("train", "--images", "few", "--study", "trained", "--epochs", "6", *SHAPE),
        "trained",
        twice,
    ),
    Work("encoding", ("encode", "--study", "planted", "--images", "many", "--out", "encoded"), "encoded", missing),
    Work("import", ("import", "vectors.npy", "--study", "imported"), "imported"),
    Work("export", ("export", "--study", "large", "--out", "exported.zip"), "exported.zip", broken),
    Work("unpacking", ("import", "packed.zip", "--study", "unpacked"), "unpacked"),
    Work("fitting", ("fit", "--study", "bystander", "--strategy", "mixture", "--set", "components=10"), ""),
)


def run_kills(
    kills: int,
    seed: int,
    works: tuple[Work, ...] = WORKS,
    say: Callable[[str], None] = print,
    longest: float | None = None,
) -> Counter[str]:
    """Return how many kills of each work there were, how many runs were continued to their end, and how many faults.

    The latest moment of a kill is ``longest`` in seconds, or how long a run takes that nobody kills.
    """
    counts: Counter[str] = Counter()
    with _place() as place:
        plant(place, {work.name for work in works})
        for work in works:
            rng = np.random.default_rng((seed, zlib.crc32(work.name.encode())))
            _kill_again_and_again(place, work, kills, rng, counts, say, longest)
    return counts


def plant(place: Path, names: set[str]) -> None:
    """Make images, vectors, a study to encode with, and one that stands by."""
    rng = np.random.default_rng(0)
    (place / "many").mkdir()
    (place / "few").mkdir()
    for number in range(IMAGES if "encoding" in names else TRAINED):
        file = place / "many" / f"{number:04d}.png"
        Image.fromarray(rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8)).save(file)
        if number < TRAINED:
            (place / "few" / file.name).hardlink_to(file)
    vectors = rng.normal(size=(20_000, 16)).astype(np.float32)
    np.save(place / "vectors.npy", vectors)
    write_vectors(vectors, place / "bystander")
    if names & {"export", "unpacking"}:
        write_vectors(rng.normal(size=LARGE).astype(np.float32), place / "large")
        export_study(place / "large", place / "packed.zip")
    if "encoding" in names:
        arguments = ("train", "--images", "few", "--study", "planted", "--epochs", "1", *SHAPE)
        planted = _ended(submit(arguments, "planted", place / "planted"))
        assert planted.state is State.DONE, planted.log


def kill(job: Job) -> None:
    """Kill the session of a job, and wait until it is gone."""
    _until(lambda: (job.folder / ALIVE).read_text() or not is_alive(job.folder))  # its number, once it has started
    try:
        os.killpg(int((job.folder / ALIVE).read_text()), signal.SIGKILL)
    except (ValueError, ProcessLookupError):  # ended a moment ago
        return
    _until(lambda: not is_alive(job.folder))


def _kill_again_and_again(
    place: Path,
    work: Work,
    kills: int,
    rng: np.random.Generator,
    counts: Counter[str],
    say: Callable[[str], None],
    longest: float | None,
) -> None:
    if longest is None:
        started = time.monotonic()
        job = _ended(_order(place, work))
        longest = time.monotonic() - started
        counts["faults"] += _check(place, work, job, say, ended=True)
    done = 0
    while done < kills:
        _clear(place, work)
        job = _order(place, work)
        for _ in range(int(rng.integers(1, AT_MOST + 1))):
            _wait(job, rng, longest)
            if is_alive(job.folder):
                kill(job)
                done += 1
                counts[work.name] += 1
            job = find_job(job.id)
            counts["faults"] += _check(place, work, job, say)
            if not job.can_resume or done >= kills:
                break
            job = resume(job.id)
        if job.can_resume:
            job = resume(job.id)
        job = _ended(job)
        counts["ended"] += 1
        counts["faults"] += _check(place, work, job, say, ended=True)
        forget(job.id)
        print(f"{work.name}: {done} of {kills} kills, {counts['faults']} faults", file=sys.stderr)


def _order(place: Path, work: Work) -> Job:
    return submit(work.arguments, work.name, place / work.target if work.target else None)


def _wait(job: Job, rng: np.random.Generator, longest: float) -> None:
    """Wait to a random moment: of the whole run, or, every second time, of what follows its first report."""
    end = time.monotonic() + rng.uniform(0, longest)
    if rng.integers(2):
        _until(lambda: find_job(job.id).progress is not None or not is_alive(job.folder))
        end = time.monotonic() + rng.uniform(0, longest / 4)
    while time.monotonic() < end and is_alive(job.folder):
        time.sleep(0.01)


def _check(place: Path, work: Work, job: Job, say: Callable[[str], None], ended: bool = False) -> int:
    """Return how much does not hold after a kill, or after the end."""
    faults = [_odd_state(job, ended), work.lost(job)]
    # what a kill left half-written has a hidden name: no list shows it, and the next writer takes it away
    for folder in sorted(path.parent for path in place.glob(f"[!.]*/{STUDY}")):
        try:
            verify_study(open_study(folder))
        except InputError as error:
            faults.append(str(error))
    found = [fault for fault in faults if fault]
    for fault in found:
        say(f"{work.name}, {job.state}: {fault}\n{job.log}")
    return len(found)


def _odd_state(job: Job, ended: bool) -> str:
    if job.state is State.DONE or (not ended and job.state is State.LOST):
        return ""
    if job.target and job.state is State.FAILED and f"{job.target} exists already" in job.error:
        return ""  # killed after the last rename, and before it could say so
    return f"it is {job.state} ({job.error})"


def _clear(place: Path, work: Work) -> None:
    """Remove what the last run of a work has made."""
    if (place / work.target).is_file():
        (place / work.target).unlink()
    elif work.target:
        shutil.rmtree(place / work.target, ignore_errors=True)
    for fits in (place / "bystander" / "fits", Path(os.environ["ZPOINTS_CACHE"])):  # a fit that is kept is not made
        shutil.rmtree(fits, ignore_errors=True)


def _ended(job: Job) -> Job:
    _until(lambda: not is_alive(job.folder))
    return find_job(job.id)


def _until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("A job does not come to its end.")
        time.sleep(0.02)


@contextmanager
def _place() -> Iterator[Path]:
    """Yield a folder of its own for studies, in which commands run; jobs and cache lie beside it."""
    before, folder = dict(os.environ), Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name) / "place"
        place.mkdir()
        os.environ |= {"ZPOINTS_JOBS": f"{name}/jobs", "ZPOINTS_CACHE": f"{name}/cache"}
        os.chdir(place)
        try:
            yield place
        finally:
            os.chdir(folder)
            os.environ.clear()
            os.environ |= before
