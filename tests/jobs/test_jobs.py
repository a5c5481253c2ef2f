"""Long work in processes of its own: its order, its end, and what is left of it after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.__main__ import main
from core.commands import verify
from core.errors import InputError
from core.jobs import (
    Job,
    State,
    find_job,
    forget,
    jobs,
    left_out,
    living_jobs,
    recorder,
    recording,
    resume,
    stop,
    submit,
    tell,
)
from core.jobs import queue as queue_module
from core.jobs.files import ALIVE, Report, read_order, write_report
from core.jobs.recorder import VARIABLE
from core.locks import is_claimed
from core.progress import Progress
from core.settings import jobs_folder
from core.study import Study
from tests.helpers.jobs import ROOT, alive, made, until

SUBMIT = """
import sys
from core.jobs import submit
for number in range(4):
    submit(["verify", "--study", "nothing"], f"{sys.argv[1]} {number}")
"""


@pytest.fixture
def older() -> Iterator[Path]:
    """Yield the folder of a job that lives, so that all others wait; end them."""
    folder = made()
    with alive(folder):
        yield folder
        for job in living_jobs():
            if job.folder != folder:
                stop(job.id)
                until(lambda job=job: not find_job(job.id).is_alive)  # type: ignore[misc]


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let this process be a job; yield its folder."""
    folder = made()
    with alive(folder) as held:
        monkeypatch.setenv(VARIABLE, f"{held}:{folder}")
        yield folder


def pid_of(job: Job) -> int:
    """Return the number of a job's process, which it writes down first."""
    path = job.folder / ALIVE
    until(lambda: path.read_text() != "")
    return int(path.read_text())


def test_a_job_waits_for_older_ones_and_stops_when_it_is_told_to(older: Path) -> None:
    job = submit(["verify", "--study", "nothing"], "Check <b>nothing</b>\x1b[31m", Path("studies/x"))
    assert (job.state, job.title) == (State.WAITING, "Check <b>nothing</b> [31m")
    assert job.target == Path.cwd() / "studies/x"
    assert job.command == "python -m core verify --study nothing"
    assert [j.id for j in living_jobs()] == [older.name, job.id]
    assert os.getsid(pid_of(job)) == pid_of(job)
    with pytest.raises(InputError, match="has not ended"):
        forget(job.id)
    with pytest.raises(InputError, match="has not ended"):
        resume(job.id)
    stop(job.id)
    until(lambda: not is_claimed(job.folder / ALIVE))
    assert find_job(job.id).state is State.STOPPED
    stop(job.id)  # once more does nothing
    forget(job.id)
    with pytest.raises(InputError, match="There is no job"):
        find_job(job.id)
    assert [p.name for p in jobs_folder().iterdir()] == [older.name]


def test_a_job_that_has_said_its_end_can_be_forgotten_while_its_process_leaves_the_machine() -> None:
    folder = made()
    write_report(folder, Report(place=1, state="failed", begun=1.0, ended=2.0))
    with alive(folder):
        with pytest.raises(InputError, match="has not gone yet"):
            resume(folder.name)
        forget(folder.name)
        assert jobs() == ()


def test_a_killed_job_is_known_to_be_lost_and_can_be_continued(older: Path) -> None:
    job = submit(["verify", "--study", "nothing"], "first")
    second = submit(["verify", "--study", "nothing"], "second")
    os.kill(pid_of(job), signal.SIGKILL)
    until(lambda: not is_claimed(job.folder / ALIVE))
    lost = find_job(job.id)
    assert (lost.state, lost.can_resume) == (State.LOST, True)
    assert "ended without a word" in lost.error
    again = resume(job.id)
    assert (again.state, again.error, again.place) == (State.WAITING, "", second.place + 1)


def test_a_job_that_does_not_end_is_killed_when_it_is_asked_once_more(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit(["verify", "--study", "nothing"], "first")
    os.kill(pid_of(job), signal.SIGSTOP)
    stop(job.id)
    assert find_job(job.id).is_stopping
    stop(job.id)
    assert find_job(job.id).is_alive  # asked too soon
    monkeypatch.setattr(queue_module, "PATIENCE", 0.0)
    stop(job.id)
    until(lambda: find_job(job.id).state is State.STOPPED)


def test_a_job_that_was_asked_to_stop_before_its_process_said_its_number_stops(older: Path) -> None:
    job = submit(["verify", "--study", "nothing"], "first")
    pid = pid_of(job)
    os.kill(pid, signal.SIGSTOP)
    (job.folder / ALIVE).write_text("")
    stop(job.id)
    os.kill(pid, signal.SIGCONT)
    until(lambda: find_job(job.id).state is State.STOPPED)


@pytest.mark.slow
def test_processes_that_order_at_the_same_time_lose_nothing(older: Path) -> None:
    environment = os.environ | {"ZPOINTS_JOBS": str(jobs_folder())}
    commands = [[sys.executable, "-c", SUBMIT, name] for name in "ab"]
    processes = [subprocess.Popen(command, cwd=ROOT, env=environment) for command in commands]
    assert [process.wait(120) for process in processes] == [0, 0]  # their jobs outlive them
    found = [job for job in jobs() if job.folder != older]
    assert {job.title for job in found} == {f"{name} {number}" for name in "ab" for number in range(4)}
    assert {job.state for job in found} == {State.WAITING}
    assert sorted(job.place for job in found) == list(range(2, 10))


@pytest.mark.slow
def test_commands_run_one_after_the_other_and_say_how_they_have_ended(tiny_study: Study) -> None:
    checked = submit(["verify", "--study", str(tiny_study.folder)], "whole", tiny_study.folder)
    unknown = submit(["nonsense"], "unknown")
    until(lambda: not living_jobs(), 240)
    checked, unknown = find_job(checked.id), find_job(unknown.id)
    assert (checked.state, checked.error) == (State.DONE, "")
    assert checked.progress is not None
    assert checked.progress.share == 1.0
    assert "are as they were written" in checked.log
    assert unknown.state is State.FAILED
    assert "not understood" in unknown.error
    assert "invalid choice" in unknown.log
    times = [time for job in (checked, unknown) for time in (job.begun, job.ended) if time]
    assert times == sorted(times)
    assert len(times) == 4
    assert [job.title for job in jobs()] == ["unknown", "whole"]


def test_more_than_one_may_work_at_once_where_the_environment_says_so(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZPOINTS_JOBS_AT_ONCE", "2")
    first = submit(["verify", "--study", "nothing"], "first")
    second = submit(["verify", "--study", "nothing"], "second")
    until(lambda: find_job(first.id).state is State.RUNNING)
    assert find_job(second.id).state is State.WAITING
    os.killpg(pid_of(first), signal.SIGKILL)
    until(lambda: find_job(second.id).state is State.RUNNING)
    monkeypatch.setenv("ZPOINTS_JOBS_AT_ONCE", "many")
    with pytest.raises(InputError, match="ZPOINTS_JOBS_AT_ONCE must be a whole number from 1"):
        submit(["verify"], "x")


def test_a_job_that_takes_longer_than_the_limit_is_told_to_end(
    recorded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZPOINTS_MAX_MINUTES", "1")
    monkeypatch.setattr(recorder, "MINUTE", 0.5)  # time to read the command
    monkeypatch.setattr(verify, "open_study", lambda _: time.sleep(30))
    assert main(["verify", "--study", "/nowhere"]) == 143
    job = find_job(recorded.name)
    assert (job.state, job.can_resume) == (State.FAILED, True)
    assert "longer than 1 minutes (ZPOINTS_MAX_MINUTES)" in job.error


def test_a_public_server_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    with pytest.raises(InputError, match="starts no jobs"):
        submit(["verify"], "x")
    with pytest.raises(InputError, match="starts no jobs"):
        resume(made().name)


@pytest.mark.parametrize("name", ["..", "queue", "20260101-000000-00000000/..", "20260101-000000-0000000g", ""])
def test_what_is_no_job_is_not_found(name: str) -> None:
    made()
    with pytest.raises(InputError, match="There is no job"):
        find_job(name)


def test_the_report_says_how_far_a_task_is_and_how_long_it_takes(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    with recording():
        assert VARIABLE not in os.environ  # what the command starts is no job
        for done in (0, 1, 4):
            tell(Progress("reading", done, 10, "images"))
            clock[0] += 3
        progress = find_job(recorded.name).progress
        assert progress is not None
        assert (progress.done, progress.seconds_left) == (4, 9.0)
        tell(Progress("reading", 5, 10, "images"))
        clock[0] += 0.1
        tell(Progress("reading", 6, 10, "images"))  # too soon to be written
        progress = find_job(recorded.name).progress
        assert progress is not None
        assert progress.done == 5
        tell(Progress("training", 1, 10, "steps", "a\nb", 77.0, {"loss": float("nan"), "images/s": 2.0}))
        clock[0] += 1
        tell(Progress("training", 2, 10, "steps", "a\nb", 77.0, {"loss": float("nan"), "images/s": 2.0}))
    job = find_job(recorded.name)
    assert job.state is State.DONE
    assert job.progress == Progress("training", 2, 10, "steps", "a b", 77.0, {"images/s": 2.0})


def test_epochs_are_kept_and_one_that_was_lost_takes_its_own_place(recorded: Path) -> None:
    def end(epoch: int, loss: float) -> Progress:
        return Progress("training", epoch, 5, "epochs", numbers={"loss": loss, "validation loss": 1.0}, epoch=epoch)

    folder = read_order(recorded)
    step = {"task": "training", "done": 1.0, "total": 5.0, "unit": "epochs", "detail": "", "seconds_left": None}
    earlier = [step | {"numbers": {"loss": loss}, "epoch": epoch} for epoch, loss in ((1, 9.0), (2, 8.0), (3, 7.0))]
    report = {"place": folder.place + 1, "state": "running", "begun": 1, "epochs": earlier}
    (recorded / "report.json").write_text(json.dumps(report))
    with recording():
        tell(end(3, 6.0))
        tell(end(4, 5.0))
    losses = [(step.epoch, step.numbers["loss"]) for step in find_job(recorded.name).epochs]
    assert losses == [(1, 9.0), (2, 8.0), (3, 6.0), (4, 5.0)]


@pytest.mark.parametrize(
    ("raised", "state", "words"),
    [
        (InputError("The file is gone."), State.FAILED, "The file is gone."),
        (ValueError("odd"), State.FAILED, "It ended with an error that it should not have (ValueError: odd)."),
        (KeyboardInterrupt(), State.STOPPED, ""),
        (SystemExit(2), State.FAILED, "Its command is not understood; see its log."),
        (SystemExit(0), State.DONE, ""),
    ],
)
def test_how_a_command_ended_is_said(recorded: Path, raised: BaseException, state: State, words: str) -> None:
    with pytest.raises(type(raised)), recording():
        raise raised
    job = find_job(recorded.name)
    assert (job.state, job.error) == (state, words)
    assert job.ended is not None


def test_the_command_line_reports_to_the_job_that_it_is(recorded: Path) -> None:
    assert main(["verify", "--study", "/nowhere"]) == 2
    job = find_job(recorded.name)
    assert job.state is State.FAILED
    assert job.error == "/nowhere is not a folder; give the folder of a study."


@pytest.mark.parametrize("value", ["", "x", "0:/nowhere", "99999:/tmp", "0:"])
def test_whoever_does_not_hold_the_lock_of_a_job_writes_nothing(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made()
    monkeypatch.setenv(VARIABLE, value.replace("/nowhere", str(folder)))
    with recording():
        tell(Progress("reading", 1, 2, "images"))
    assert [path.name for path in folder.iterdir()] == ["order.json"]


def test_a_full_disk_does_not_end_the_work(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with recording():
        monkeypatch.setattr("core.jobs.recorder.write_report", _refuse)
        tell(Progress("reading", 2, 2, "images"))
    assert find_job(recorded.name).state is State.RUNNING  # the last that could be written


def _refuse(*_: object) -> None:
    raise InputError("The disk is full.")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("order.json", "{"),
        ("order.json", "[" * 100_000),
        ("order.json", '{"title": 3}'),
        ("order.json", '{"title": "x", "arguments": [], "target": "", "folder": "/", "made": 0, "place": 1}'),
        ("order.json", '{"title": "x", "arguments": ["a"], "target": "", "folder": "/", "made": 1e300, "place": 1}'),
        ("report.json", '{"place": 1, "state": "flying", "begun": 1}'),
        ("report.json", '{"place": 1, "state": "done", "begun": 1, "more": 1}'),
        ("report.json", '{"place": 1, "state": "done", "begun": NaN}'),
        ("report.json", "\x00" * 5_000_000),
        ("report.json", '"\xff"'),
    ],
)
def test_a_damaged_job_is_left_out_with_a_sentence(file: str, text: str) -> None:
    sound, damaged = made(), made("20260101-000000-00000001", 2)
    (damaged / file).write_bytes(text.encode("latin-1"))
    assert [job.folder for job in jobs()] == [sound]
    (sentence,) = left_out()
    assert str(damaged / file) in sentence
    with pytest.raises(InputError, match="delete its folder"):
        find_job(damaged.name)
    if file == "order.json":
        (damaged / file).unlink()
        assert "is missing" in left_out()[0]


def test_a_damaged_wish_to_stop_is_none_and_that_of_an_earlier_run_is_over() -> None:
    folder = made(place=2)
    for text in ("{", '{"place": 1}'):
        (folder / "stop.json").write_text(text)
        assert find_job(folder.name).state is State.LOST
    (folder / "stop.json").write_text('{"place": 2}')
    assert find_job(folder.name).state is State.STOPPED


def test_what_ended_longest_ago_is_forgotten_where_there_is_much(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "KEPT", 3)
    ended = [made(f"20260101-00000{n}-00000000", n + 1, made=float(n)) for n in range(1, 6)]
    job = submit(["verify", "--study", "nothing"], "new")
    assert {j.folder for j in jobs()} == {older, job.folder, *ended[2:]}


def test_a_folder_of_work_that_is_gone_is_said(tmp_path: Path, older: Path) -> None:
    folder = made("20260101-000000-00000001", 2, folder=str(tmp_path / "gone"))
    with pytest.raises(InputError, match="gone cannot be written"):
        resume(folder.name)
    assert find_job(folder.name).state is State.LOST


def test_those_who_look_at_the_same_time_do_not_take_each_other_for_the_job() -> None:
    folder = made()
    (folder / ALIVE).touch()
    seen: list[bool] = []

    def look() -> None:
        seen.extend(is_claimed(folder / ALIVE) for _ in range(300))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [False] * 1200


def test_the_log_shows_how_a_bar_looked_last(tmp_path: Path) -> None:
    folder = made()
    assert find_job(folder.name).log == ""
    (folder / "log.txt").write_bytes(b"a\rb\rc\r\nzpoints: \x1b[1mgone\xff\n" + "é".encode())
    assert find_job(folder.name).log == "c\nzpoints:  [1mgone�\né"


def test_a_report_of_an_earlier_run_says_nothing_of_this_one() -> None:
    folder = made(place=5)
    write_report(folder, Report(place=4, state="done", begun=1.0, ended=2.0))
    job = find_job(folder.name)
    assert (job.state, job.begun, job.ended) == (State.LOST, None, None)


def test_the_process_of_a_job_lets_others_go_first() -> None:
    code = "import os; from core.jobs.__main__ import give_way; give_way(); print(os.getpriority(os.PRIO_PROCESS, 0))"
    code += "; p = '/proc/self/autogroup'; print(open(p).read() if os.path.exists(p) else 'nice 10')"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, start_new_session=True, check=True)
    priority, group = done.stdout.split("\n")[:2]
    assert int(priority) >= 10
    assert group.endswith("nice 10")
