"""One at a time: among threads, among processes, and after a kill."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.locks import abandoned, claim, locked

ROOT = Path(__file__).parents[1]

COUNT_UP = """
import sys
from pathlib import Path
from core.locks import locked
target = Path(sys.argv[1])
for _ in range(50):
    with locked(target):
        target.write_text(str(int(target.read_text()) + 1))
"""

HOLD = """
import sys, time
from pathlib import Path
from core.locks import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


class Impatience(Exception):  # noqa: N818
    """What a visitor raises who does not want to wait."""


@contextmanager
def holder(target: Path) -> Iterator[subprocess.Popen[str]]:
    """Yield a process that holds a lock."""
    command = [sys.executable, "-c", HOLD, target]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_processes_that_count_in_one_file_lose_no_step(tmp_path: Path) -> None:
    target = tmp_path / "count"
    target.write_text("0")
    command = [sys.executable, "-c", COUNT_UP, target]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert target.read_text() == "150"
    assert [p.name for p in tmp_path.iterdir()] == ["count"]


def test_threads_that_count_in_one_file_lose_no_step(tmp_path: Path) -> None:
    target = tmp_path / "count"
    target.write_text("0")

    def step(_: int) -> None:
        with locked(target):
            target.write_text(str(int(target.read_text()) + 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(step, range(60)))
    assert target.read_text() == "60"
    assert [p.name for p in tmp_path.iterdir()] == ["count"]


def test_whoever_finds_a_lock_held_is_told_by_which_process_and_may_go_away(tmp_path: Path) -> None:
    target = tmp_path / "study"

    def go_away(who: str) -> None:
        raise Impatience(who)

    with holder(target) as process, pytest.raises(Impatience) as left, locked(target, go_away):
        pytest.fail("came in")
    assert re.fullmatch(rf"process {process.pid} since \d\d\d\d-\d\d-\d\d \d\d:\d\d:\d\d", str(left.value))
    assert [p.name for p in tmp_path.iterdir()] == [".study.lock"]
    with locked(target, go_away):  # a kill ends the lock
        pass
    assert list(tmp_path.iterdir()) == []


def test_another_session_of_this_process_is_called_so_and_waited_for(tmp_path: Path) -> None:
    told: list[str] = []
    entered, order = threading.Event(), []

    def first() -> None:
        with locked(tmp_path / "a"):
            entered.set()
            time.sleep(0.3)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    entered.wait()
    with locked(tmp_path / "a", told.append):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]
    assert len(told) == 1
    assert re.fullmatch(r"another session since .{19}", told[0])


@pytest.mark.parametrize("text", ["", "nobody", "\xff"])
def test_a_lock_that_does_not_say_whose_it_is_belongs_to_another_process(tmp_path: Path, text: str) -> None:
    told: list[str] = []
    with holder(tmp_path / "a") as process:
        (tmp_path / ".a.lock").write_bytes(text.encode("latin-1"))
        threading.Timer(0.3, process.kill).start()
        with locked(tmp_path / "a", told.append):
            pass
    assert told == ["another process"]


def test_an_error_within_ends_the_lock(tmp_path: Path) -> None:
    with pytest.raises(Impatience), locked(tmp_path / "a"):
        raise Impatience
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", [False, True])
def test_what_is_claimed_is_not_abandoned_until_its_descriptor_is_closed(tmp_path: Path, folder: bool) -> None:
    descriptor = claim(tmp_path / "a", folder)
    assert (tmp_path / "a").is_dir() == folder
    with abandoned(tmp_path / "a") as left:
        assert not left
    os.close(descriptor)
    with abandoned(tmp_path / "a") as left:
        assert left


@pytest.mark.parametrize("folder", [False, True])
def test_what_is_swept_while_it_is_claimed_is_made_anew(tmp_path: Path, folder: bool) -> None:
    path = tmp_path / "a"
    path.mkdir() if folder else path.touch()

    def sweep() -> None:
        with abandoned(path) as left:
            assert left
            inside.set()
            time.sleep(0.3)
            path.rmdir() if folder else path.unlink()

    inside = threading.Event()
    thread = threading.Thread(target=sweep)
    thread.start()
    inside.wait()
    descriptor = claim(path, folder)
    thread.join()
    assert path.exists()
    os.close(descriptor)


def test_a_claim_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        claim(tmp_path / "none" / "a")
