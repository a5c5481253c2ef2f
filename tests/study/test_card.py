"""The card of a study tells what is known and nothing else."""

from __future__ import annotations

import dataclasses

from core.study import Study
from core.study.card import card


def test_the_card_names_data_preparation_layers_and_training(tiny_study: Study) -> None:
    told = "\n".join(card(tiny_study))
    partitions = tiny_study.rows["partition"].value_counts()
    assert f"**Data**: CelebA, 300 images ({partitions['train']:,} train, " in told
    assert "the central 148×148 pixels, resized by area to 32×32" in told
    assert "300 of 16 components, rounded to float16, which costs at most" in told
    assert all(line in told for line in tiny_study.require_decoder().describe())
    assert "12 epochs of Adam, cosine schedule from 0.004, batches of 32, mirrored at random, mean" in told
    assert tiny_study.fingerprint in told


def test_what_is_not_known_is_not_told(tiny_study: Study) -> None:
    bare = dataclasses.replace(tiny_study, training=None, rounding=None)
    told = "\n".join(card(bare))
    assert "Training" not in told
    assert "300 of 16 components, in float16" in told
    source = dataclasses.replace(tiny_study.require_images(), crop=0)
    assert "the largest central square, resized" in "\n".join(card(dataclasses.replace(tiny_study, source=source)))
