"""What a terminal shows while images are read, an autoencoder is trained and a strategy is fitted."""

import pytest

from core.commands.progress import ProgressBars
from core.progress import Progress


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what stands in the terminal in the end: the last state of each line."""
    captured = capsys.readouterr()
    assert captured.out == ""
    return [line.rsplit("\r", 1)[-1].rstrip() for line in captured.err.split("\n") if line.strip()]


def step(number: int, seconds_left: float = 100.0) -> Progress:
    """Return the progress of one of six steps, of which each third ends an epoch."""
    numbers = {"loss": 0.75 / number} | ({} if number % 3 else {"validation loss": 1.5 / number}) | {"images/s": 321.4}
    ended = None if number % 3 else number // 3
    return Progress("training", number, 6, "steps", f"epoch {(number + 2) // 3}/2", seconds_left, numbers, ended)


def test_each_task_leaves_its_own_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars() as bars:
        for done in (100, 250):
            bars.show(Progress("preparing images", done, 250, "images"))
        bars.show(Progress("encoding images", 200, 250, "images"))
    preparing, encoding = lines(capsys)
    assert preparing.startswith("preparing images: 100%")
    assert "250/250" in preparing
    assert encoding.startswith("encoding images:  80%")
    assert "200/250" in encoding


def test_each_epoch_leaves_one_line_with_both_losses_above_the_bar_of_the_training(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with ProgressBars() as bars:
        for number in range(1, 6):
            bars.show(step(number))
        bars.show(step(6))
    first, second, bar = lines(capsys)
    assert first == "epoch 1/2: loss 0.25, validation loss 0.5, images/s 321.4"
    assert second == "epoch 2/2: loss 0.125, validation loss 0.25, images/s 321.4"
    assert bar.startswith("training: 100%")
    assert bar.endswith("epoch 2/2, loss 0.125, validation loss 0.25, images/s 321.4, 100 s left]")


def test_within_an_epoch_the_running_loss_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars() as bars:
        bars.show(step(1))
        bars.show(step(2))
    (line,) = lines(capsys)
    assert line.startswith("training:  33%")
    assert line.endswith("epoch 1/2, loss 0.375, images/s 321.4, 100 s left]")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "0 s"), (59.6, "60 s"), (179.0, "179 s"), (180.0, "3 min"), (7_300.0, "121 min"), (10_800.0, "3 h")],
)
def test_the_time_left_is_in_seconds_up_to_three_minutes(
    capsys: pytest.CaptureFixture[str], seconds: float, shown: str
) -> None:
    with ProgressBars() as bars:
        bars.show(step(1, seconds))
    (line,) = lines(capsys)
    assert line.endswith(f", {shown} left]")


def test_bars_that_showed_nothing_leave_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars():
        pass
    assert lines(capsys) == []


def test_what_stands_still_counts_once(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars() as bars:
        for _ in range(3):
            bars.show(Progress("fitting Mixture", 6, 24, "steps"))
    (line,) = lines(capsys)
    assert line.startswith("fitting Mixture:  25%")
    assert "6/24" in line


def test_what_is_waited_for_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars() as bars:
        bars.show(Progress("fitting Mixture", 0, 1, "fits", "another process fits the same"))
    (line,) = lines(capsys)
    assert "another process fits the same" in line


@pytest.mark.parametrize(("done", "total", "share"), [(0, 4, 0.0), (1, 4, 0.25), (4, 4, 1.0), (5, 4, 1.0), (0, 0, 1.0)])
def test_the_share_that_is_done_goes_from_0_to_1(done: float, total: float, share: float) -> None:
    assert Progress("scoring", done, total, "rows").share == share


def test_what_is_followed_is_counted_with_the_name_of_what_comes_next(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars() as bars:
        assert list(bars.follow(["a.csv", "b.csv"], "writing", "tables")) == ["a.csv", "b.csv"]
        for length in bars.follow(["ab"], "sampling", "strategies", len):
            assert length == "ab"
            break
    whole, half = lines(capsys)
    assert whole.startswith("writing: 100%")
    assert half.startswith("sampling:   0%")
    assert half.endswith("2]")
