"""Progress bars in a terminal, fed by the callbacks of training and encoding."""

from __future__ import annotations

from typing import NoReturn

from tqdm import tqdm

from core.networks import Progress

__all__ = ["ProgressBars"]


class ProgressBars:
    """Progress bars for the callbacks of the work, one at a time."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None
        self._title = ""

    def __enter__(self) -> ProgressBars:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def images(self, title: str, done: int, total: int) -> None:
        """Show how many images are done."""
        bar = self._show(title, total, "images")
        bar.update(done - bar.n)

    def fitting(self, title: str, share: float) -> None:
        """Show how much of a fit is done."""
        bar = self._show(f"fitting {title}", 100, "%")
        bar.update(round(100 * share) - bar.n)

    def scoring(self, done: int, total: int, what: str) -> None:
        """Show how many rows of the scoreboard are done, and what is being scored."""
        bar = self._show("scoring", total, "rows")
        bar.set_postfix_str(what, refresh=False)
        bar.update(done - bar.n)

    def training(self, progress: Progress) -> None:
        """Show a step of the training; leave one line per epoch behind."""
        bar = self._show(f"epoch {progress.epoch}/{progress.epochs}", progress.steps, "steps")
        bar.set_postfix_str(
            f"loss {progress.loss:.5f}, {progress.images_per_second:.0f} images/s, "
            f"{_duration(progress.seconds_left)} left",
            refresh=False,
        )
        if done := progress.finished:
            bar.set_postfix_str(
                f"loss {done.loss:.5f}, validation loss {done.validation_loss:.5f}, "
                f"{progress.images_per_second:.0f} images/s, {_duration(progress.seconds_left)} left"
            )
        bar.update(progress.step - bar.n)

    def _show(self, title: str, total: int, unit: str) -> tqdm[NoReturn]:
        if self._bar is None or title != self._title:
            self.__exit__()
            self._bar, self._title = tqdm(total=total, desc=title, unit=unit, mininterval=1.0), title
        return self._bar


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min" if minutes >= 3 else f"{60 * minutes + rest} s"
