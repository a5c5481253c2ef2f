"""What a study says of itself: data, preparation, autoencoder and training, as far as they are known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.sources.known import recognise
from core.statistics import Posteriors
from core.study.description import Study
from core.study.origin import Source, TrainingRecord

__all__ = ["card", "terms_of"]

NAMED = 8
"""Collapsed components that are named."""


def card(study: Study) -> tuple[str, ...]:
    """Return the facts of a study, one line of Markdown each."""
    return tuple(_lines(study))


def terms_of(study: Study) -> str:
    """Return biases and terms of the data set that a study was made of, in Markdown; empty where it is not known."""
    known = recognise(study.attributes, study.source.crop if study.source is not None else 0)
    return known.card if known is not None else ""


def _lines(study: Study) -> Iterator[str]:
    yield f"**Data**: {study.title}, {_data(study)}"
    if study.source is not None:
        yield f"**Preparation**: {_preparation(study.source)}"
    yield f"**Vectors**: {len(study):,} of {study.dimension} components, {_precision(study)}"
    if study.posteriors is not None:
        yield f"**Posteriors**: {_posteriors(study.posteriors)}"
    if study.config is not None:
        yield from study.config.describe()
    if study.training is not None:
        yield f"**Training**: {_training(study.training)}"
    yield f"**Fingerprint**: `{study.fingerprint}`"


def _data(study: Study) -> str:
    if study.source is None:
        return f"{len(study):,} vectors alone"
    partitions = ", ".join(f"{n:,} {p}" for p, n in study.source.partitions.items())
    return f"{study.source.count:,} images ({partitions}); {study.source.skipped} could not be read"


def _preparation(source: Source) -> str:
    height, width = source.image_size
    largest = "the largest central square" if height == width else "the largest central part of that aspect"
    crop = f"the central {source.crop}×{source.crop} pixels" if source.crop else largest
    return f"{crop}, resized by area to {width}×{height}"


def _precision(study: Study) -> str:
    if study.rounding is None:
        return f"in {study.stored.dtype.name}"
    return f"rounded to {study.stored.dtype.name}, which costs at most {study.rounding:.1g} σ in a component"


def _posteriors(posteriors: Posteriors) -> str:
    collapsed = np.flatnonzero(posteriors.collapsed)
    named = ", ".join(f"z{j}" for j in collapsed[:NAMED]) + (", …" if len(collapsed) > NAMED else "")
    counted = "1 component has" if len(collapsed) == 1 else f"{len(collapsed)} components have"
    told = (
        f"{counted} collapsed to noise ({named}), left out of scores in units of σ"
        if len(collapsed)
        else "no component has collapsed to noise"
    )
    return (
        "the vectors are means of normal laws, whose log variances are kept in steps of 1/16; what everything is held "
        f"against is one vector drawn from each law; {told}"
    )


def _training(training: TrainingRecord) -> str:
    config = training.config
    mirrored = ", mirrored at random" if config.flip else ""
    versions = ", ".join(f"{name} {version}" for name, version in training.versions.items())
    return (
        f"{len(training.history)} epochs of Adam, cosine schedule from {config.learning_rate:g}, batches of "
        f"{config.batch_size}{mirrored}, {config.loss.replace('_', ' ')}, {config.precision}, seed {config.seed}; "
        f"{training.seconds / 60:.0f} minutes with {versions}"
    )
