"""The walk through a learned density: one strategy that has to be trained, on a study of vectors alone."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import pages.parts.comparison  # noqa: F401  # where the tabs are drawn from the list of strategies
from core.__main__ import main
from core.errors import InputError
from core.progress import Listener, Progress
from core.statistics import Description
from core.strategies import Strategy, make_strategy, registry
from core.strategies.base import Effort
from core.study import Study
from core.study.describing import describe_study
from core.study.fits import fit_strategy
from core.study.sets import tenth
from core.study.writing import write_vectors

STEPS = 4


class ToyFlow(Strategy):
    r"""A shift of the standard normal law that is learned step by step.

    .. math:: x = m + y, \qquad y \sim \mathcal{N}(0, I)
    """

    key, title, post = "toy_flow", "Toy flow", "no post"
    assumes, formula = "that a shift is enough", r"x = m + y,\ y \sim \mathcal{N}(0, I)"
    learned, effort = ("shift_",), Effort.TRAINING
    trainings = 0

    def _learn(self, latents: npt.NDArray[np.floating], description: Description, report: Listener) -> None:
        type(self).trainings += 1
        self.shift_ = np.zeros(latents.shape[1])
        for step in range(STEPS):
            self.shift_ += (latents.mean(axis=0, dtype=np.float64) - self.shift_) / (STEPS - step)
            report(Progress(f"fitting {self.title}", step + 1, STEPS, "steps"))

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        pass  # nothing but what is learned

    def _sample(self, count: int, rng: np.random.Generator) -> npt.NDArray[np.floating]:
        return self.shift_ + rng.standard_normal((count, len(self.shift_)))


@pytest.fixture
def flow(monkeypatch: pytest.MonkeyPatch) -> type[ToyFlow]:
    """Add a line to the list of strategies, for whoever holds the list."""
    known = registry.STRATEGIES
    for module in list(sys.modules.values()):
        if module.__name__.startswith(("core", "pages")) and getattr(module, "STRATEGIES", None) is known:
            monkeypatch.setattr(module, "STRATEGIES", (*known, ToyFlow))
    monkeypatch.setattr(ToyFlow, "trainings", 0)
    return ToyFlow


@pytest.fixture
def study(tmp_path: Path) -> Study:
    vectors = np.random.default_rng(0).normal(2.0, 1.0, (200, 6))
    return write_vectors(vectors, tmp_path / "alone")


def test_a_density_is_trained_on_request_alone_and_by_one_command(
    flow: type[ToyFlow], study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    description = describe_study(study)
    with pytest.raises(InputError, match=r"^Toy flow has to be trained on the study alone first"):
        fit_strategy(study, description, make_strategy("toy_flow"))
    assert flow.trainings == 0
    assert main(["fit", "--study", str(study.folder), "--strategy", "toy_flow"]) == 0
    assert "fitting Toy flow: 100%" in capsys.readouterr().err
    fitted = fit_strategy(study, description, make_strategy("toy_flow"))
    assert flow.trainings == 1
    drawn = fitted.sample(4000, np.random.default_rng(0))
    learned = study.latents[~tenth(study.rows)]  # the tenth is for whatever a density chooses
    np.testing.assert_allclose(fitted.shift_, learned.mean(axis=0, dtype=float), rtol=1e-6)
    np.testing.assert_allclose(drawn.mean(axis=0), fitted.shift_, atol=4.5 / np.sqrt(4000))


def test_another_version_of_a_density_is_trained_anew(
    flow: type[ToyFlow], study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    description = describe_study(study)
    fit_strategy(study, description, make_strategy("toy_flow"), train=True)
    monkeypatch.setattr(flow, "fit_version", 2)
    with pytest.raises(InputError, match="has to be trained"):
        fit_strategy(study, description, make_strategy("toy_flow"))


def test_a_density_is_sampled_by_the_command_that_draws(flow: type[ToyFlow], study: Study, tmp_path: Path) -> None:
    out = tmp_path / "drawn.npz"
    assert main(["sample", "--study", str(study.folder), "--strategy", "toy_flow", "--out", str(out)]) == 0
    with np.load(out) as arrays:
        assert arrays["latents"].shape[1] == 6
    assert flow.trainings == 1
