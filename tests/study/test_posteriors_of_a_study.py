"""A study whose vectors are means of posteriors: two views, and what stands for the data in each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.networks import TrainingConfig, VariationalAutoencoder, VariationalConfig
from core.scores import scales_of
from core.scores.board import Scorer
from core.scores.entries import entries_of
from core.scores.registry import SCORES
from core.sources.images import ImageSource
from core.sources.labels import Labels
from core.space.sample import draw_sample
from core.statistics import describe
from core.strategies import Aggregate, Mixture, StandardNormal, applicable, make_strategy
from core.study import Study, open_study, verify_study
from core.study.building import train_study
from core.study.card import card
from core.study.describing import describe_study
from core.study.files import LOG_VARIANCES
from core.study.fits import fit_strategy, mirrored_too
from core.study.kept import place_of
from core.study.sets import sets_of
from core.study.writing import write_vectors
from tests.conftest import made_once

RNG = np.random.default_rng(0)
COUNT = 400

WIDTHS = np.array([0.8, 0.6, 0.05, 0.7])
"""Of the means; with the noise, each component has the variance 1, and the third one has collapsed."""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    means = RNG.standard_normal((COUNT, 4)) * WIDTHS
    log_variances = np.broadcast_to(np.log(1 - WIDTHS**2), means.shape)
    return write_vectors(means, tmp_path / "laws", title="laws", log_variances=log_variances)


def test_the_data_are_the_aggregate_posterior_and_the_means_alone_a_second_view(study: Study) -> None:
    assert study.latents.shape == study.stored.shape == (COUNT, 4)
    np.testing.assert_allclose(study.latents.std(axis=0), 1, atol=0.12)
    means = study.with_means_alone()
    np.testing.assert_allclose(means.latents.std(axis=0), WIDTHS, rtol=0.12)
    assert means.latents is means.stored
    assert means.with_means_alone() is means
    assert means.fingerprint != study.fingerprint
    verify_study(study)


def test_opening_again_gives_the_same_vectors(study: Study) -> None:
    again = open_study(study.folder)
    assert again.fingerprint == study.fingerprint
    assert np.array_equal(again.latents, study.latents)


def test_what_follows_from_the_two_views_is_kept_apart(study: Study) -> None:
    means = study.with_means_alone()
    described, of_means = describe_study(study), describe_study(means)
    np.testing.assert_allclose(described.moments.mean, study.latents.mean(axis=0), atol=1e-3)
    assert (of_means.moments.widths < described.moments.widths).all()
    assert place_of(means, "statistics.npz") == study.folder / "means" / "statistics.npz"
    assert (study.folder / "means" / "statistics.npz").exists()
    first, second = (fit_strategy(s, d, Mixture(2)) for s, d in ((study, described), (means, of_means)))
    assert (study.folder / "fits").is_dir()
    assert (study.folder / "means" / "fits").is_dir()
    assert not np.array_equal(first.sample(3, np.random.default_rng(0)), second.sample(3, np.random.default_rng(0)))


def test_collapsed_components_are_named_and_left_out_of_scores_in_units_of_sigma(study: Study) -> None:
    assert study.posteriors is not None
    assert study.posteriors.collapsed.tolist() == [False, False, True, False]
    assert "1 component has collapsed to noise (z2)" in "\n".join(card(study))
    widths = describe_study(study).moments.widths
    assert scales_of(study, widths).tolist() == [*widths[:2], 0, widths[3]]
    for view in (study, study.with_means_alone()):
        assert Scorer(view, None, 100).latent.varying.tolist() == [True, True, False, True]


def test_the_honest_strategy_of_a_prior_that_is_met_is_the_standard_normal(study: Study) -> None:
    def overlap(view: Study, key: str) -> float:
        scorer, entry = Scorer(view, None, 150), next(e for e in entries_of(view) if e.key == key)
        return scorer.score(entry, 150, 0, [s for s in SCORES if s.columns == ("radius_overlap",)])["radius_overlap"]

    assert overlap(study, StandardNormal.key) > 0.7
    assert overlap(study, Aggregate.key) > 0.7
    assert overlap(study.with_means_alone(), StandardNormal.key) < overlap(study, StandardNormal.key) - 0.1


def test_the_aggregate_is_a_posterior_at_random_then_noise(study: Study) -> None:
    sample = draw_sample(study, describe_study(study), make_strategy("aggregate"), 5000, 0)
    np.testing.assert_allclose(sample.vectors.std(axis=0), 1, atol=0.1)
    distances = np.abs(sample.vectors[:50, None] - study.latents).max(axis=2).min(axis=1)
    assert (distances > 0).all()  # no vector of the study itself


def test_on_a_scoreboard_the_aggregate_draws_from_the_posteriors_of_what_is_learned_from(study: Study) -> None:
    chosen = sets_of(study.rows).fitted
    fitted = fit_strategy(study, describe(study.latents[chosen]), Aggregate(), half=True)
    assert fitted.posteriors_ is not None
    assert study.posteriors is not None
    np.testing.assert_array_equal(fitted.posteriors_.means, study.posteriors.means[chosen])
    assert 0 < len(fitted.posteriors_.means) < COUNT / 2 + 40


def test_where_there_are_no_posteriors_the_aggregate_has_no_tab_no_row_and_no_sample(tmp_path: Path) -> None:
    plain = write_vectors(RNG.standard_normal((20, 3)), tmp_path / "plain")
    assert plain.posteriors is None
    assert plain.with_means_alone() is plain
    assert Aggregate not in applicable(posteriors=False)
    assert Aggregate in applicable(posteriors=True)
    assert Aggregate.key not in {entry.key for entry in entries_of(plain)}
    with pytest.raises(InputError, match="the study plain has none; choose another strategy"):
        fit_strategy(plain, describe_study(plain), Aggregate())


def test_log_variances_of_another_shape_or_not_finite_are_refused(tmp_path: Path) -> None:
    for wrong in (np.zeros((3, 2)), np.full((4, 2), np.nan)):
        with pytest.raises(InputError, match="log variances must be finite"):
            write_vectors(np.eye(4, 2), tmp_path / "wrong", log_variances=wrong)
    assert not (tmp_path / "wrong").exists()


def test_a_file_of_log_variances_that_is_not_the_studys_is_refused(study: Study) -> None:
    path = study.folder / LOG_VARIANCES
    np.save(path, np.zeros((COUNT, 3), np.uint8))
    with pytest.raises(InputError, match=r"log_variances\.npy was altered"):
        open_study(study.folder)
    path.unlink()
    with pytest.raises(InputError, match=r"log_variances\.npy is missing"):
        open_study(study.folder)


@pytest.fixture(scope="session")
def trained(celeba_source: ImageSource, celeba_labels: Labels, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study of a variational autoencoder that was trained for a moment."""

    def train(folder: Path) -> None:
        config = VariationalConfig(image_size=16, latent_size=8, filters=(8, 16), beta=0.2)
        train_study(celeba_source, celeba_labels, config, TrainingConfig(epochs=3, learning_rate=4e-3), folder)

    return open_study(made_once(tmp_path_factory, "variational_study", train))


@pytest.mark.slow
def test_a_trained_one_keeps_the_laws_of_its_images(trained: Study, celeba_source: ImageSource) -> None:
    autoencoder = trained.load_autoencoder()
    assert isinstance(autoencoder, VariationalAutoencoder)
    names = list(trained.rows["image"][:40])
    (batch,) = celeba_source.batches(names, 16, 40)
    means, log_variances = autoencoder.encode_law(batch.pixels)
    assert trained.posteriors is not None
    np.testing.assert_allclose(trained.stored[:40], means, atol=0.01)
    np.testing.assert_allclose(trained.posteriors.spreads(slice(40)), np.exp(log_variances / 2), rtol=0.02)
    assert "Kullback-Leibler" in "\n".join(card(trained))
    assert trained.has_errors


@pytest.mark.slow
def test_what_trains_learns_from_posteriors_of_images_and_of_their_mirror_images(trained: Study) -> None:
    learned = sets_of(trained.rows).fitted
    vectors, posteriors = mirrored_too(trained, learned)
    assert vectors is not None
    assert posteriors is not None
    assert trained.posteriors is not None
    count = int(learned.sum())
    assert (len(vectors), len(posteriors)) == (count, 2 * count)
    np.testing.assert_array_equal(posteriors.means[:count], trained.posteriors.means[learned])
    np.testing.assert_array_equal(posteriors.codes[:count], trained.posteriors.codes[learned])
    autoencoder = trained.load_autoencoder()
    assert isinstance(autoencoder, VariationalAutoencoder)
    pictures = autoencoder.decode_exactly(np.asarray(trained.posteriors.means[learned], np.float32))
    means, log_variances = autoencoder.encode_law(np.ascontiguousarray(pictures[:, :, ::-1]))
    np.testing.assert_allclose(posteriors.means[count:], means, atol=1e-4)
    np.testing.assert_allclose(posteriors.spreads(slice(count, None)), np.exp(log_variances / 2), rtol=0.02)
    noise = (vectors - means) / np.exp(log_variances / 2)
    assert noise.std() == pytest.approx(1, abs=0.05)


def test_of_vectors_whose_posteriors_are_known_only_these_are_drawn_anew(study: Study) -> None:
    assert study.posteriors is not None
    learned = np.arange(COUNT) < 100
    vectors, posteriors = mirrored_too(study, learned)  # without a decoder nothing is mirrored
    assert vectors is None
    assert posteriors is not None
    np.testing.assert_array_equal(posteriors.means, study.posteriors.means[:100])
    assert mirrored_too(study.with_means_alone(), learned) == (None, None)
