"""Workers of a Dask scheduler: the same bytes as from one process, whoever dies on the way."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from core import cluster
from core.__main__ import main
from core.errors import InputError
from core.networks import AutoencoderConfig
from core.statistics import EXACT
from core.statistics.blocks import SPAN
from core.study import Study, open_study
from core.study.describing import describe_study
from core.study.origin import Source
from core.study.workers import spread
from core.study.workplace import BATCH
from core.study.writing import write_vectors
from tests.helpers.networks import random_autoencoder

pytestmark = pytest.mark.slow

COUNT, BLOCKS = 5 * BATCH + 40, 6
"""Images, and blocks of them."""

ROOT = Path(__file__).parents[2]

QUIET = {"DASK_DISTRIBUTED__WORKER__MEMORY__TERMINATE": "False", "PYTHONWARNINGS": "ignore"}


class Machines:
    """A scheduler and its workers, each started from the shell as its user would."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
        self.folder, self.running = folder, []
        self.scheduler = self._start_scheduler()

    def _start_scheduler(self) -> subprocess.Popen[bytes]:
        port = self.address.rpartition(":")[2]
        return self._start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")

    def revive(self) -> None:
        self.scheduler = self._start_scheduler()

    def add_worker(self) -> subprocess.Popen[bytes]:
        return self._start("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard")

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [str(Path(sys.executable).with_name("dask")), *words]
        uncounted = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        environment = {**uncounted, **QUIET, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        with (self.folder / f"{len(self.running)}.log").open("wb") as log:
            started = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)
        self.running.append(started)
        return started

    def end(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    (tmp_path / "machines").mkdir()
    them = Machines(tmp_path / "machines")
    yield them
    them.end()


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a zip of pictures, of which one is damaged."""
    path, rng = tmp_path_factory.mktemp("images") / "images.zip", np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for number, pixels in enumerate(rng.integers(0, 256, (COUNT, 8, 8, 3), np.uint8)):
            buffer = io.BytesIO()
            Image.fromarray(pixels).resize((64, 64), Image.Resampling.BILINEAR).save(buffer, "PNG")
            archive.writestr(f"{number:05}.png", b"damaged" if number == 700 else buffer.getvalue())
    return path


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study with an autoencoder of random weights, and more vectors than are described exactly."""
    autoencoder = random_autoencoder(AutoencoderConfig(image_size=64, latent_size=4, filters=(16, 8)))
    vectors = np.random.default_rng(1).normal(size=(EXACT + 15_000, 4)).astype(np.float32)
    source = Source("zip", len(vectors), 0, (64, 64), {"unknown": len(vectors)}, 0)
    folder = tmp_path_factory.mktemp("studies") / "it"
    return write_vectors(vectors, folder, autoencoder=autoencoder, source=source)


@pytest.fixture(scope="module")
def encoded(study: Study, images: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files that one process writes."""
    out = tmp_path_factory.mktemp("one") / "out"
    assert main(["encode", "--study", str(study.folder), "--images", str(images), "--out", str(out)]) == 0
    return files_in(out)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_scheduler_and_workers_from_the_shell_give_the_bytes_of_one_process(
    machines: Machines,
    study: Study,
    images: Path,
    encoded: dict[str, bytes],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for _ in range(2):
        machines.add_worker()
    out, known = tmp_path / "out", tmp_path / "it"
    shutil.copytree(study.folder, known)
    command = ["encode", "--study", str(known), "--images", images.as_uri(), "--out", str(out)]
    assert main([*command, "--scheduler", machines.address]) == 0
    assert files_in(out) == encoded
    assert re.search(r"skipped 00700\.png: .*, on the worker tcp://127", capsys.readouterr().out)
    with cluster.joined(machines.address) as there:
        describe_study(open_study(known), cluster=there)
    assert not (known / "summary.parts").exists()
    describe_study(study)
    assert files_in(known / "summary") == files_in(study.folder / "summary")


def test_a_killed_worker_costs_its_block_and_a_killed_scheduler_nothing_that_was_written(
    machines: Machines, study: Study, images: Path, encoded: dict[str, bytes], tmp_path: Path
) -> None:
    victim, out = machines.add_worker(), tmp_path / "out"
    words = ["encode", "--study", str(study.folder), "--images", str(images), "--out", str(out)]
    command = [sys.executable, "-m", "core", *words, "--scheduler", machines.address]

    def kept() -> set[Path]:
        return set((tmp_path / "out.encoding").glob("block-*.npz"))

    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as first:
        wait_until(lambda: len(kept()) >= 1)
        victim.send_signal(signal.SIGKILL)
        machines.add_worker()
        wait_until(lambda: len(kept()) >= 3)
        machines.scheduler.send_signal(signal.SIGKILL)
        said = first.communicate(timeout=60)[1]
    assert first.returncode == 2
    assert re.search(r"connection to the scheduler tcp://.* was lost after .* is kept: start the scheduler", said)
    before = {path: path.stat().st_mtime_ns for path in kept()}
    assert 3 <= len(before) < BLOCKS
    machines.revive()
    machines.add_worker()
    found = {}

    def note() -> bool:
        found.update({path: path.stat().st_mtime_ns for path in kept()})
        return len(found) == BLOCKS or second.poll() is not None

    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as second:
        wait_until(note)
        said = second.communicate(timeout=60)[1]
    assert second.returncode == 0, said
    assert {path: found[path] for path in before} == before
    assert files_in(out) == encoded


def test_workers_of_this_machine_say_in_one_sentence_what_they_lack(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(study.folder, moved)
    shutil.rmtree(moved / "summary", ignore_errors=True)
    hidden = open_study(moved)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))  # tests of pages leave the dashboard there
    with cluster.joined("local") as here:
        with spread(here, hidden) as spans:
            moved.rename(tmp_path / "elsewhere")
            (tmp_path / "moved").mkdir()  # with the parts, without the study
            (tmp_path / "elsewhere" / "summary.parts").rename(moved / "summary.parts")
            with pytest.raises(InputError, match=r"^The worker tcp://\S+ says: .*moved/study\.json .*\.$"):
                list(spans.moments())
            (moved / "summary.parts").rename(tmp_path / "elsewhere" / "summary.parts")
            moved.rmdir()
            with pytest.raises(
                InputError, match=r"The worker tcp://\S+ says: \S+moved is not there; .* shared folder\.$"
            ):
                list(spans.moments())
            (tmp_path / "elsewhere").rename(moved)
            moments = list(spans.moments())
        assert [len(moments), moments[0].count] == [3, SPAN]
        here.program = (("zpoints", "0.0.9 (cafe)"), *here.program[1:])
        with pytest.raises(InputError, match=r"The worker tcp://\S+ runs zpoints \S+ \(\w+\), here it is 0\.0\.9"):
            here.require_same_program()


def test_workers_take_the_memory_of_their_last_array_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def count_new_pages(path: Path) -> None:
        from resource import RUSAGE_SELF, getrusage

        np.ones(2**17)
        before = getrusage(RUSAGE_SELF).ru_minflt
        for _ in range(100):
            np.ones(2**17)  # 256 pages, which Dask's own setting would have the system clear anew each time
        path.write_text(str(getrusage(RUSAGE_SELF).ru_minflt - before))

    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    with cluster.joined("local") as here:
        assert list(here.do(count_new_pages, [tmp_path / "pages"])) == [tmp_path / "pages"]
    assert int((tmp_path / "pages").read_text()) < 100 * 256 / 4


def test_an_address_where_nobody_answers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECTING", "0.5s")
    with pytest.raises(InputError, match=r"No scheduler of Dask answers at tcp://127\.0\.0\.1:9 .*; start one with"):
        cluster.joined("tcp://127.0.0.1:9").__enter__()
