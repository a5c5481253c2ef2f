"""Where the images of a study came from, and how its autoencoder was trained."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import msgspec

from core.networks import Epoch, TrainingConfig
from core.study.schema import SourceFacts, TrainingFacts

__all__ = ["Source", "TrainingRecord", "source_facts", "source_of", "training_facts", "training_of"]


@dataclass(frozen=True)
class Source:
    """Where the images of a study came from and how they were prepared.

    ``crop`` is the side of the central square in pixels (0: the largest one), ``partitions`` counts the images of
    each partition, ``skipped`` the files that could not be read. ``image_size`` is height and width in pixels.
    """

    kind: str
    count: int
    crop: int
    image_size: tuple[int, int]
    partitions: Mapping[str, int]
    skipped: int


@dataclass(frozen=True)
class TrainingRecord:
    """How the autoencoder of a study was trained: settings, loss of each epoch, seconds, versions of the software."""

    config: TrainingConfig
    history: tuple[Epoch, ...]
    seconds: float
    versions: Mapping[str, str]


def source_facts(source: Source) -> SourceFacts:
    """Return where images came from as it is written down."""
    height, width = source.image_size
    return SourceFacts(**{**asdict(source), "image_size": height if height == width else (height, width)})


def source_of(facts: SourceFacts) -> Source:
    """Return where images came from, from what was written down."""
    size = facts.image_size
    return Source(**{**msgspec.structs.asdict(facts), "image_size": (size, size) if isinstance(size, int) else size})


def training_facts(training: TrainingRecord) -> TrainingFacts:
    """Return a training as it is written down; what is no number becomes nothing."""
    history = [{k: None if math.isnan(v) else v for k, v in asdict(epoch).items()} for epoch in training.history]
    values = {**asdict(training), "config": training.config.to_dict(), "history": history}
    return msgspec.convert(values, TrainingFacts)


def training_of(facts: TrainingFacts) -> TrainingRecord:
    """Return a training, from what was written down; raise `InputError` for settings that there are not."""
    history = tuple(
        Epoch(e.epoch, e.loss, math.nan if e.validation_loss is None else e.validation_loss, e.seconds)
        for e in facts.history
    )
    return TrainingRecord(TrainingConfig.from_dict(facts.config), history, facts.seconds, facts.versions)
