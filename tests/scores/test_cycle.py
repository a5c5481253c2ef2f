"""Scores: a vector that the decoder understands comes back near to itself."""

from __future__ import annotations

import numpy as np
import pytest

from core.networks import Autoencoder
from core.scores import cycle_errors
from core.scores.context import Context
from core.scores.cycle import distances
from core.scores.latent import LatentReference
from core.space.sample import draw_sample
from core.statistics import Description
from core.strategies import Cube, Data
from core.study import Study


@pytest.fixture(scope="module")
def autoencoder(tiny_study: Study) -> Autoencoder:
    return tiny_study.load_autoencoder()


def test_the_cycle_error_is_that_of_decoding_and_encoding_one_by_one(
    tiny_study: Study, autoencoder: Autoencoder, description: Description
) -> None:
    vectors, widths = tiny_study.latents[:100], description.moments.widths
    errors = cycle_errors(autoencoder, vectors, widths)
    assert errors.shape == (100,)
    for vector, error in zip(vectors[::9], errors[::9], strict=True):
        again = autoencoder.encode(autoencoder.decode_exactly(vector[None]))[0].astype(float)
        direct = np.sqrt(np.mean(((again - vector) / widths) ** 2))
        assert error == pytest.approx(direct, rel=1e-4)


def test_constant_components_are_left_out(
    tiny_study: Study, autoencoder: Autoencoder, description: Description
) -> None:
    vectors, widths = tiny_study.latents[:20], description.moments.widths.copy()
    widths[[2, 11]] = 0
    again = autoencoder.encode(autoencoder.decode_exactly(vectors)).astype(float)
    kept = np.delete(again - vectors, [2, 11], axis=1) / np.delete(widths, [2, 11])
    errors = cycle_errors(autoencoder, vectors, widths)
    np.testing.assert_allclose(errors, np.sqrt(np.square(kept).mean(axis=1)), rtol=1e-4)


def test_without_any_width_there_is_no_scale_for_an_error(autoencoder: Autoencoder) -> None:
    np.testing.assert_array_equal(cycle_errors(autoencoder, np.zeros((3, 16)), np.zeros(16)), np.full(3, np.nan))


def test_latent_vectors_of_faces_come_back_nearer_to_themselves_than_those_of_a_wide_cube(
    tiny_study: Study, autoencoder: Autoencoder, description: Description
) -> None:
    widths = description.moments.widths
    celeba, cube = (
        cycle_errors(autoencoder, draw_sample(tiny_study, description, s, 200, 0).vectors, widths)
        for s in (Data(), Cube(10 / 3))
    )
    assert np.median(celeba) < 0.5 * np.median(cube)


def test_a_larger_unit_makes_the_error_smaller_in_proportion(
    tiny_study: Study, autoencoder: Autoencoder, description: Description
) -> None:
    widths = description.moments.widths
    one, half = (cycle_errors(autoencoder, tiny_study.latents[:8], scale * widths) for scale in (1, 2))
    np.testing.assert_allclose(half, one / 2, rtol=1e-6)


def test_errors_of_vectors_that_came_back_already_are_the_same(
    tiny_study: Study, autoencoder: Autoencoder, description: Description
) -> None:
    vectors, widths = tiny_study.latents[:70], description.moments.widths
    errors = cycle_errors(autoencoder, vectors, widths)
    np.testing.assert_array_equal(distances(vectors, autoencoder.cycle(vectors), widths), errors)
    assert np.isnan(distances(vectors, autoencoder.cycle(vectors), 0 * widths)).all()


def test_a_sample_is_decoded_once_for_its_images_and_its_cycle(
    tiny_study: Study, autoencoder: Autoencoder, description: Description, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors, widths = tiny_study.latents[:70], description.moments.widths
    errors, images = cycle_errors(autoencoder, vectors, widths), autoencoder.decode(vectors)
    passes: list[int] = []
    decode = type(autoencoder).decode_exactly

    def counted(self: Autoencoder, block: np.ndarray) -> np.ndarray:
        passes.append(len(block))
        return decode(self, block)

    monkeypatch.setattr(type(autoencoder), "decode_exactly", counted)
    latent = LatentReference.of(tiny_study.latents, tiny_study.latents)
    sample = Context(vectors, latent, autoencoder, widths)
    np.testing.assert_array_equal(sample.decoded, images)
    np.testing.assert_array_equal(sample.cycle_errors, errors)
    assert sum(passes) == 70
