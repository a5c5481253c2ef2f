"""Trainings that are short, and done once for the same vectors."""

from __future__ import annotations

import pytest

from core.networks import denoiser_training
from core.networks.best_epoch import BestEpoch
from core.progress import Progress
from core.strategies import Diffusion


def train_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a diffusion model train for two epochs, really, and each further time with the same vectors not at all."""
    train, known = denoiser_training.train_denoiser, {}

    def once(config, training, vectors, held_out, variances, report, folder, watch, draw, by_blocks) -> BestEpoch:
        key = config, training, vectors.tobytes(), held_out.tobytes(), variances.tobytes()
        if key in known:
            report(Progress("training", 1, 1, "steps"))
        else:
            known[key] = train(config, training, vectors, held_out, variances, report, folder, watch, draw, by_blocks)
        return known[key]

    monkeypatch.setattr(denoiser_training, "train_denoiser", once)
    monkeypatch.setattr(Diffusion, "EPOCHS", (2, 2))
