"""All scores: the one list that the columns of the tables, the tooltips and the text of the results are made from.

To add one, add an object. Read the list as ``registry.SCORES``.
"""

from __future__ import annotations

import numpy as np

from core.scores import copies, latent
from core.scores.context import Context
from core.scores.images import (
    MIN_IMAGES,
    attribute_shares,
    count_faces,
    diversity,
    embedding_moments,
    frechet_distance,
)
from core.scores.manifolds import NEIGHBOURS
from core.scores.needs import Need
from core.scores.pictured import MOST, SPACE
from core.scores.score import Best, Score
from core.scores.spaces import SPACES, Space

__all__ = ["SCORES", "measures"]


def _faces(sample: Context) -> dict[str, float]:
    found = count_faces(sample.decoded)
    return {"faces": found.share, "faces_low": found.low, "faces_high": found.high}


def _frechet(sample: Context) -> dict[str, float]:
    reference, moments = sample.images, embedding_moments(sample.predicted[0])
    distance = frechet_distance(reference.mean, reference.covariance, *moments)
    return {"frechet_ratio": distance / reference.frechet, "frechet": distance}


def _attribute_gap(sample: Context) -> float:
    return float(np.abs(attribute_shares(sample.predicted[1]) - sample.images.shares).mean())


def _likelihood(sample: Context) -> dict[str, float]:
    law = sample.law
    if law is None:
        return {"log_likelihood": np.nan, "log_likelihood_gap": np.nan}
    unseen = float(law.unseen.mean())
    return {"log_likelihood": unseen, "log_likelihood_gap": float(law.learned.mean()) - unseen}


def _excess(space: Space) -> Score:
    """Return the score of a space of features."""

    def distances(sample: Context) -> dict[str, float]:
        reference, features = sample.compared(space), sample.features(space)
        return {
            f"distance_{space.key}": reference.frechet(features),
            f"kernel_{space.key}": reference.kernel(features),
        }

    return Score(
        key=f"excess_{space.key}",
        label=f"Excess, {space.label}",
        needs=space.needs,
        compute=distances,
        plain="how much farther its pictures are from real ones than real ones are from each other, where 1 is as "
        f"far as those of the tab *Multivariate normal*, seen by a network that learned from {space.learned_from}",
        meaning="How much farther the images are from the decoder's images of unseen real vectors than those of other "
        f"unseen real vectors, in units of what N(μ, Σ) is farther; as a network sees it that learned from "
        f"{space.learned_from}.",
        best=0.0,
        fixed="the fit, the decoder, the network, the real vectors that it is a distance to",
        fewest=MIN_IMAGES,
        distance=f"distance_{space.key}",
        kernel=f"kernel_{space.key}",
    )


SCORES: tuple[Score, ...] = (
    Score(
        key="faces",
        label="Faces",
        needs=Need.DETECTOR,
        compute=_faces,
        plain="the share of pictures in which a program that looks for faces finds one; far above that of real "
        "vectors, pictures are smoother than those of the data",
        meaning="Share of images in which a frontal face is found, with its 95 % Wilson interval in one sample. Smooth "
        "images exceed it.",
        best=Best.FLOOR,
        fixed="the fit, the decoder, the detector",
        blind="diversity",
        digits=3,
        beside=("faces_low", "faces_high"),
    ),
    *(_excess(space) for space in SPACES),
    Score(
        key="frechet_ratio",
        label="Price",
        needs=Need.NETWORK,
        compute=_frechet,
        plain="how far its pictures are from the photographs, where 1 is what the decoder itself costs",
        meaning="Price of decoder and law together: Fréchet distance to the photographs in the embedding of the "
        "attribute network, in units of the reconstructions'; 1 is what the decoder itself costs.",
        best=Best.LOWER,
        fixed="the fit, the networks, the photographs, the reconstructions that are the unit",
        beside=("frechet",),
        fewest=MIN_IMAGES,
    ),
    Score(
        key="diversity",
        label="Diversity",
        needs=Need.NETWORK,
        compute=lambda sample: diversity(sample.predicted[0]) / sample.images.diversity,
        plain="how different its pictures are from each other, where 1 is as different as those of the data",
        meaning="Mean pairwise distance in the embedding, in units of the reconstructions'.",
        best=1.0,
        fixed="the fit, the networks, the reconstructions that are the unit",
        blind="realism",
        fewest=MIN_IMAGES,
    ),
    Score(
        key="attribute_gap",
        label="Attribute gap",
        needs=Need.NETWORK,
        compute=_attribute_gap,
        plain="how far the shares of what a network sees in its pictures are from those of the data",
        meaning="Mean absolute difference of the attributes' predicted shares to the reconstructions'.",
        best=Best.LOWER,
        fixed="the fit, the networks, the reconstructions it is a difference to",
        digits=3,
        fewest=MIN_IMAGES,
    ),
    Score(
        key="cycle_error",
        label="Cycle error",
        needs=Need.IMAGES,
        compute=lambda sample: float(sample.cycle_errors.mean()),
        plain="how far a vector moves when it is decoded and encoded again",
        meaning="How far a vector moves when it is decoded and encoded again, in σ per component.",
        best=Best.FLOOR,
        fixed="the fit, the autoencoder",
        blind="diversity",
        digits=3,
    ),
    Score(
        key="radius_overlap",
        label="Radius overlap",
        needs=Need.VECTORS,
        compute=lambda sample: latent.radius_overlap(sample.lengths, sample.latent),
        plain="how far the lengths of its vectors and of the data's agree, from 0 to 1",
        meaning="Overlap of the distributions of radii; of the same ones nearly 1.",
        best=Best.HIGHER,
        fixed="the fit, the unseen half",
        blind="direction",
        printed=False,
    ),
    Score(
        key="marginal_distance",
        label="Marginals",
        needs=Need.VECTORS,
        compute=lambda sample: latent.marginal_distance(sample.vectors, sample.latent),
        plain="how far each number of its vectors is from how it is spread in the data",
        meaning="Mean Wasserstein distance of the components, in their σ.",
        best=Best.LOWER,
        fixed="the fit, the unseen half",
        blind="dependence",
        digits=3,
        printed=False,
    ),
    Score(
        key="correlation_error",
        label="Correlations",
        needs=Need.VECTORS,
        compute=lambda sample: latent.correlation_error(sample.moments, sample.latent),
        plain="how far the pairs of numbers are from going together as in the data",
        meaning="Root mean square difference of the Pearson coefficients.",
        best=Best.LOWER,
        fixed="the fit, the unseen half",
        blind="shape beyond second order",
        digits=3,
        fewest=2,
        components=2,
        printed=False,
    ),
    Score(
        key="in_bulk",
        label="In bulk",
        needs=Need.VECTORS,
        compute=lambda sample: latent.share_in_bulk(sample.distances, sample.latent),
        plain="the share of its vectors that lie where 99 % of the data lie",
        meaning="Share within the Mahalanobis distance of 99 % of the data.",
        best=latent.BULK,
        fixed="the fit, the vectors on both sides",
        blind="samples that are too central",
    ),
    Score(
        key="median_mahalanobis",
        label="Mahalanobis",
        needs=Need.VECTORS,
        compute=lambda sample: float(np.median(sample.distances)),
        plain="how far from the middle of the data its vectors usually lie, in the data's spread",
        meaning="Median distance to the centre of the data.",
        best=Best.FLOOR,
        fixed="the fit, the vectors whose covariance measures",
        digits=1,
    ),
    Score(
        key="sliced_wasserstein",
        label="Sliced W1",
        needs=Need.VECTORS,
        compute=lambda sample: latent.sliced_wasserstein(sample.vectors, sample.latent),
        plain="how far its cloud is from that of the data, seen from many directions",
        meaning=f"Mean Wasserstein distance along {latent.DIRECTIONS} random directions, in the mean σ.",
        best=Best.LOWER,
        fixed="the fit, the unseen half, the directions, whose choice may move it farther than the samples do",
        digits=3,
        printed=False,
    ),
    Score(
        key="density",
        label="Density",
        needs=Need.VECTORS,
        compute=lambda sample: sample.manifolds.density,
        plain="how crowded with real vectors the places of its vectors are",
        meaning="How crowded with real vectors the samples' places are.",
        best=1.0,
        fixed="the fit, the vectors of the unseen half",
        fewest=NEIGHBOURS + 1,
        most=latent.MAX_COUNT,
        printed=False,
    ),
    Score(
        key="coverage",
        label="Coverage",
        needs=Need.VECTORS,
        compute=lambda sample: sample.manifolds.coverage,
        plain="the share of real vectors that have one of its vectors nearby",
        meaning="Share of real vectors with a sample nearby.",
        best=Best.FLOOR,
        fixed="the fit, the vectors of the unseen half",
        fewest=NEIGHBOURS + 1,
        most=latent.MAX_COUNT,
    ),
    Score(
        key="precision",
        label="Precision",
        needs=Need.VECTORS,
        compute=lambda sample: sample.manifolds.precision,
        plain="the share of its vectors that are near to a real one",
        meaning="Share of samples that are as near to some real vector as that one's fifth real neighbour. Source: "
        "Kynkäänniemi et al. 2019.",
        best=Best.FLOOR,
        fixed="the fit, the vectors of the unseen half",
        blind="what is missing, and to samples that are too central",
        fewest=NEIGHBOURS + 1,
        most=latent.MAX_COUNT,
    ),
    Score(
        key="recall",
        label="Recall",
        needs=Need.VECTORS,
        compute=lambda sample: sample.manifolds.recall,
        plain="the share of real vectors that are near to one of its vectors",
        meaning="Share of real vectors that are as near to some sample as that one's fifth neighbour among the "
        "samples. Source: Kynkäänniemi et al. 2019.",
        best=Best.FLOOR,
        fixed="the fit, the vectors of the unseen half",
        blind="samples that lie too far out, whose neighbours are far, too",
        fewest=NEIGHBOURS + 1,
        most=latent.MAX_COUNT,
    ),
    Score(
        key="c2st",
        label="C2ST",
        needs=Need.VECTORS,
        compute=lambda sample: latent.c2st(sample.thinned, sample.latent),
        plain="how well a small network tells its vectors from real ones, where 0.5 is not at all",
        meaning="AUC of a small classifier that tells samples from real vectors; at 0.5 it cannot.",
        best=0.5,
        fixed="the fit, the vectors of the unseen half, the folds, the classifier's first weights",
        fewest=latent.FEWEST,
        most=latent.MAX_COUNT,
    ),
    Score(
        key="copied",
        label="Copied",
        needs=Need.VECTORS,
        compute=lambda sample: float(sample.gaps[1].mean()),
        plain="the share of its vectors that lie nearer to one that it learned from than that one's own neighbour does",
        meaning="Share whose nearest vector that was learned from is closer than that vector's own nearest neighbour; "
        "1 minus it is the authenticity of Alaa et al. 2022.",
        best=Best.FLOOR,
        fixed="the fit, the vectors that were learned from",
        blind="the centre of the bulk, where a vector that copies none is near to some",
        of_copies=True,
    ),
    Score(
        key="nearer",
        label="Nearer",
        needs=Need.VECTORS,
        compute=lambda sample: copies.nearer_than_unseen(sample.gaps[0], sample.usual_gaps),
        plain="how often its vectors are nearer to what it learned from than unseen real ones are",
        meaning="Chance that a sample is nearer to what was learned than an unseen real vector is; copies are near 1. "
        "Source: Meehan et al. 2020.",
        best=0.5,
        fixed="the fit, the vectors that were learned from, the unseen ones",
        blind="copies of a part, where the rest is far away",
        of_copies=True,
    ),
    Score(
        key="copied_pictures",
        label="Copied, pictures",
        needs=Need.IMAGES,
        compute=lambda sample: float(sample.pictured_gaps[1].mean()),
        plain="the share of its pictures that are nearer to one that it learned from than that one's own neighbour is",
        meaning="As copied, but of pictures: share whose nearest picture of a vector that was learned from is closer "
        f"than that one's own nearest, as a network sees it that learned from {SPACE.learned_from}. Of more than "
        f"{MOST:,} such vectors some are looked at.",
        best=Best.FLOOR,
        fixed="the fit, the decoder, the network, the vectors that were learned from",
        blind="whatever the network does not see: hair, background, and on which side something is",
        printed=False,
        of_copies=True,
    ),
    Score(
        key="nearer_pictures",
        label="Nearer, pictures",
        needs=Need.IMAGES,
        compute=lambda sample: copies.nearer_than_unseen(sample.pictured_gaps[0], sample.pictured.usual),
        plain="how often its pictures are nearer to what it learned from than those of unseen real vectors are",
        meaning="As nearer, but of pictures, in the same features: chance that a picture is nearer to one of what was "
        "learned than that of an unseen real vector is.",
        best=0.5,
        fixed="the fit, the decoder, the network, the vectors that were learned from, the unseen ones",
        blind="copies of a part, where the rest is far away",
        of_copies=True,
    ),
    Score(
        key="log_likelihood",
        label="Log-likelihood",
        needs=Need.LAW,
        compute=_likelihood,
        plain="how likely its law finds real vectors that it never saw",
        meaning="Mean log density of unseen real vectors under the law that is sampled, in nats per component. Blank "
        "where the law has no density or does not reach them all.",
        best=Best.HIGHER,
        fixed="the fit",
        blind="what is drawn too rarely to matter, or decodes alike",
        digits=3,
        beside=("log_likelihood_gap",),
    ),
)
"""In the order of the columns: images first, since they are what a reader came for."""


def measures() -> tuple[str, ...]:
    """Return the columns of all scores."""
    return tuple(column for score in SCORES for column in score.columns)
