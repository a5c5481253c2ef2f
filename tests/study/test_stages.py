"""A training of a strategy is looked at every 20 epochs; what is seen lies in its workplace alone, and goes with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.networks import AutoencoderConfig, denoiser_training
from core.networks.best_epoch import BestEpoch
from core.networks.epochs import BEFORE, CHECKPOINT, VALIDATION
from core.progress import Progress
from core.statistics import describe
from core.strategies import Diffusion, Material, Stage, make_strategy
from core.strategies.diffusion import GLANCED
from core.strategies.learned import JUDGED
from core.study import Study
from core.study.describing import describe_study
from core.study.fits import FOLDER, fit_strategy, workplace_of_fit
from core.study.sets import tenth
from core.study.sheets import GAP
from core.study.stages import COLUMNS, DRAWN, MOST, Stages, find_looks
from core.study.writing import write_vectors
from tests.helpers.networks import random_autoencoder

SIDE = 8


def ring(count: int) -> np.ndarray:
    """Vectors of four components, two of which lie on a ring."""
    rng = np.random.default_rng(0)
    turn = rng.uniform(0, 2 * np.pi, count)
    plane = 3 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return np.hstack([plane, np.zeros((count, 2))]) + 0.3 * rng.standard_normal((count, 4))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """A study of 400 vectors with a decoder."""
    autoencoder = random_autoencoder(AutoencoderConfig(SIDE, 3, 4, (2,)))
    return write_vectors(ring(400), tmp_path / "ring", autoencoder=autoencoder)


def stage_of(epoch: int, epochs: int) -> Stage:
    """A stage of no training."""

    def sample(count: int) -> np.ndarray:
        return np.random.default_rng(epoch).normal(size=(count, 4)).astype(np.float32)

    return Stage(epoch, epochs, 7, 90, lambda: -1.5, sample)


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_looks_outlive_an_interruption_and_nothing_of_them_is_left_in_the_end(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Diffusion, "EPOCHS", (45, 45))
    monkeypatch.setattr(Diffusion, "DRAWN", (40, 40))
    description, work = describe_study(study), workplace_of_fit(study, Diffusion())
    assert work is not None
    before = files_in(study.folder)

    def interrupt(progress: Progress) -> None:
        if progress.epoch == 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_strategy(study, description, Diffusion(), interrupt, train=True)
    first = find_looks(work)
    assert [look.epoch for look in first] == [0, 20]
    assert (work / CHECKPOINT).is_file()
    stamps = {path.name: path.stat().st_mtime_ns for path in work.glob("epoch-*")}
    seen, ends = [], []

    def follow(progress: Progress) -> None:
        if progress.epoch is not None:
            ends.append(progress)
            seen[:] = find_looks(work)
            if progress.epoch == 45:
                assert {name: (work / name).stat().st_mtime_ns for name in stamps} == stamps

    fitted = fit_strategy(study, description, Diffusion(), follow, train=True)
    assert [end.epoch for end in ends] == list(range(31, 46))
    assert tuple(seen[:2]) == first
    assert [look.epoch for look in seen] == [0, 20, 40, 45]
    assert {(look.steps, look.judged) for look in seen} == {(GLANCED, int(tenth(study.rows).sum()))}
    assert None not in {look.sheet for look in seen}
    losses = fitted.losses()
    assert losses is not None
    np.testing.assert_allclose([end.numbers[BEFORE] for end in ends], losses[0, 1], rtol=1e-6)
    np.testing.assert_allclose([end.numbers[VALIDATION] for end in ends], losses[31:, 1], rtol=1e-6)
    assert not work.exists()
    # the start is the multivariate normal, and what was learned is seen
    held_out = study.latents[tenth(study.rows)]
    normal = make_strategy("mvn").fit(study.latents, description).log_density(held_out)
    assert normal is not None
    assert first[0].log_likelihood == pytest.approx(normal.mean() / 4, rel=1e-4)
    assert seen[-1].log_likelihood > seen[0].log_likelihood
    assert {name for name in files_in(study.folder) - before if not name.startswith(f"{FOLDER}/.")} == {
        f"{FOLDER}/diffusion.npz"
    }


def test_every_stage_draws_from_the_same_noise_and_measures_at_most_so_many_vectors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def pretend(
        config, training, vectors, held_out, variances, report, folder, watch, draw, by_blocks, labels
    ) -> BestEpoch:
        packed = np.zeros(config.count, np.float16)
        watch(0, packed)
        watch(training.epochs, np.random.default_rng(0).normal(0, 0.1, config.count).astype(np.float16))
        return BestEpoch(packed, np.ones((2, 2), np.float32))

    monkeypatch.setattr(denoiser_training, "train_denoiser", pretend)
    vectors, stages = ring(700), []
    Diffusion().fit(vectors[:400], material=Material(vectors[400:], watch=stages.append))
    start, end = stages
    assert (start.epoch, end.epoch) == (0, end.epochs)
    assert start.judged == JUDGED
    np.testing.assert_array_equal(start.sample(5), start.sample(5))
    axes = describe(vectors[:400]).axes
    noise = np.linalg.norm(axes.project(start.sample(9000)) / np.sqrt(axes.variances), axis=1)
    assert abs(np.square(noise).mean() - 4) < 0.2  # of a normal law, the mean of χ² with 4 degrees of freedom
    assert np.corrcoef(start.sample(99).ravel(), end.sample(99).ravel())[0, 1] > 0.5
    assert end.log_likelihood() < start.log_likelihood()


def test_a_look_is_a_picture_of_what_is_decoded_and_absent_without_its_numbers(study: Study, tmp_path: Path) -> None:
    work = tmp_path / "work"
    stages = Stages(work, study)
    for epoch in (0, 1, 20):
        stages.look(stage_of(epoch, 100))
    first, second = find_looks(work)
    assert (first.epoch, first.log_likelihood, first.judged, first.steps) == (0, -1.5, 90, 7)
    assert second.sheet is not None
    sheet = np.asarray(Image.open(second.sheet))
    assert sheet.shape == (2 * (SIDE + GAP) - GAP, COLUMNS * (SIDE + GAP) - GAP, 4)
    decoded = study.load_autoencoder().decode(stage_of(20, 100).sample(DRAWN))
    np.testing.assert_array_equal(sheet[:SIDE, :SIDE, :3], decoded[0])
    np.testing.assert_array_equal(sheet[-SIDE:, -SIDE:, :3], decoded[-1])
    (work / "epoch-00000.json").write_text('{"log_likelihood": "high"}')
    (work / "epoch-00040.png").write_bytes(second.sheet.read_bytes())
    (work / "epoch-7.json").write_text("{}")
    assert find_looks(work) == (second,)
    assert find_looks(tmp_path / "nowhere") == ()
    Stages(work, study)  # there is no checkpoint that it could go on from
    assert files_in(work) == {"epoch-7.json"}


def test_a_long_training_is_looked_at_a_bounded_number_of_times_and_without_a_decoder_in_numbers(
    tmp_path: Path,
) -> None:
    study = write_vectors(ring(30), tmp_path / "ring")
    for epochs in (1, 45, 5000):
        stages = Stages(tmp_path / str(epochs), study)
        for epoch in range(epochs + 1):
            stages.look(replace(stage_of(epoch, epochs), log_likelihood=lambda: None))
        looks = find_looks(tmp_path / str(epochs))
        assert (looks[0].epoch, looks[-1].epoch) == (0, epochs)
        assert len(looks) <= MOST + 1
        assert {look.log_likelihood for look in looks} == {look.sheet for look in looks} == {None}
