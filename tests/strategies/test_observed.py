"""The reference row: real latent vectors, each of a named image."""

from __future__ import annotations

import numpy as np
import pytest

from core.strategies import CelebA, stream

TOTAL = 2000


@pytest.fixture(scope="module")
def latents() -> np.ndarray:
    """Vectors that carry their row number, so that each can be told."""
    values = np.random.default_rng(0).normal(size=(TOTAL, 5)).astype(np.float16)
    values[:, 0] = np.arange(TOTAL)
    return values


@pytest.fixture(scope="module")
def reference(latents: np.ndarray) -> CelebA:
    return CelebA().fit(latents)


@pytest.mark.parametrize("count", [1, 500, TOTAL, TOTAL + 1, 5 * TOTAL])
def test_every_vector_drawn_is_the_row_that_it_says(reference: CelebA, latents: np.ndarray, count: int) -> None:
    rows = reference.rows(count, stream(4, reference))
    np.testing.assert_array_equal(reference.sample(count, stream(4, reference)), latents[rows].astype(np.float32))


@pytest.mark.parametrize("count", [1, 500, TOTAL])
def test_no_vector_comes_twice_while_there_are_enough(reference: CelebA, count: int) -> None:
    rows = reference.rows(count, stream(0, reference))
    assert len(np.unique(rows)) == count


def test_more_vectors_than_there_are_repeat_some(reference: CelebA) -> None:
    rows = reference.rows(10 * TOTAL, stream(0, reference))
    counts = np.bincount(rows, minlength=TOTAL)
    assert counts.sum() == 10 * TOTAL
    assert 20 < counts.max() < 40


def test_every_image_is_drawn_equally_often(reference: CelebA) -> None:
    rng = np.random.default_rng(0)
    counts = sum(np.bincount(reference.rows(200, rng), minlength=TOTAL) for _ in range(500))
    assert counts.mean() == pytest.approx(50)
    assert counts.var() == pytest.approx(500 * 0.1 * 0.9, rel=0.15)


def test_the_latent_vectors_are_not_copied_to_be_drawn_from(latents: np.ndarray, reference: CelebA) -> None:
    assert np.shares_memory(reference.latents_, latents)
