"""What a terminal shows while images are read, an autoencoder is trained and a strategy is fitted."""

import pytest

from core.commands.progress import ProgressBars
from core.networks import Epoch, Progress


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what stands in the terminal in the end: the last state of each line."""
    captured = capsys.readouterr()
    assert captured.out == ""
    return [line.rsplit("\r", 1)[-1].rstrip() for line in captured.err.split("\n") if line.strip()]


def step(epoch: int, number: int, seconds_left: float = 100.0) -> Progress:
    """Return the progress of one of three steps in one of two epochs."""
    finished = Epoch(epoch, 0.25 / epoch, 0.5 / epoch, 9.0) if number == 3 else None
    return Progress(epoch, 2, number, 3, 0.75 / epoch, 321.4, seconds_left, finished)


def test_images_are_counted_to_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars() as bars:
        for done in (100, 250):
            bars.images("preparing images", done, 250)
        bars.images("encoding images", 200, 250)
    preparing, encoding = lines(capsys)
    assert preparing.startswith("preparing images: 100%")
    assert "250/250" in preparing
    assert encoding.startswith("encoding images:  80%")
    assert "200/250" in encoding


def test_each_epoch_leaves_one_line_with_both_losses_speed_and_time_left(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars() as bars:
        for epoch in (1, 2):
            for number in (1, 2, 3):
                bars.training(step(epoch, number))
    first, second = lines(capsys)
    assert first.startswith("epoch 1/2: 100%")
    assert "3/3" in first
    assert first.endswith("loss 0.25000, validation loss 0.50000, 321 images/s, 100 s left]")
    assert second.startswith("epoch 2/2: 100%")
    assert second.endswith("loss 0.12500, validation loss 0.25000, 321 images/s, 100 s left]")


def test_within_an_epoch_the_running_loss_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars() as bars:
        bars.training(step(1, 1))
        bars.training(step(1, 2))
    (line,) = lines(capsys)
    assert line.startswith("epoch 1/2:  67%")
    assert line.endswith("loss 0.75000, 321 images/s, 100 s left]")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.0, "0 s"), (59.6, "60 s"), (179.0, "179 s"), (180.0, "3 min"), (7_300.0, "121 min")]
)
def test_the_time_left_is_in_seconds_up_to_three_minutes(
    capsys: pytest.CaptureFixture[str], seconds: float, shown: str
) -> None:
    with ProgressBars() as bars:
        bars.training(step(1, 3, seconds))
    (line,) = lines(capsys)
    assert line.endswith(f"images/s, {shown} left]")


def test_bars_that_showed_nothing_leave_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars():
        pass
    assert lines(capsys) == []


def test_a_fit_is_shown_in_percent_under_the_name_of_its_strategy(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars() as bars:
        for share in (0.0, 0.125, 0.375, 1.0):
            bars.fitting("Mixture", share)
        bars.fitting("Copula", 0.5)
    mixture, copula = lines(capsys)
    assert mixture.startswith("fitting Mixture: 100%")
    assert "100/100" in mixture
    assert copula.startswith("fitting Copula:  50%")
    assert "50/100" in copula


def test_a_share_that_stands_still_counts_once(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBars() as bars:
        for _ in range(3):
            bars.fitting("Mixture", 0.42)
    (line,) = lines(capsys)
    assert line.startswith("fitting Mixture:  42%")
