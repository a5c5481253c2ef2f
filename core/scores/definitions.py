"""What each score measures, what is perfect, and what it is blind to: names and tooltips of the scoreboard."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SCORES", "Score"]


@dataclass(frozen=True)
class Score:
    """One column of the scoreboard.

    Attributes
    ----------
    key : str
        In tables and CSV.
    label : str
        On the screen.
    meaning : str
        One sentence.
    blind : str
        What it does not see.
    digits : int
        Shown behind the point.
    """

    key: str
    label: str
    meaning: str
    blind: str
    digits: int = 2

    @property
    def help(self) -> str:
        """Meaning and blindness as a tooltip."""
        return f"{self.meaning} Blind to {self.blind}." if self.blind else self.meaning


SCORES = (
    Score("faces", "Faces", "Share of images in which a frontal face is found.", "diversity", 3),
    Score(
        "frechet_ratio",
        "Fréchet",
        "Fréchet distance to the photographs in the embedding of the attribute network, in units of the "
        "reconstructions'; 1 is what the decoder itself costs.",
        "",
    ),
    Score("diversity", "Diversity", "Mean pairwise distance in the embedding; 1 for the reconstructions.", "realism"),
    Score(
        "attribute_gap",
        "Attribute gap",
        "Mean absolute difference of the attributes' predicted shares to the reconstructions'; 0 is perfect.",
        "",
        3,
    ),
    Score(
        "cycle_error",
        "Cycle error",
        "How far a vector moves when it is decoded and encoded again, in σ per component.",
        "diversity",
        3,
    ),
    Score("radius_overlap", "Radius overlap", "Overlap of the distributions of radii; 1 is perfect.", "direction"),
    Score(
        "marginal_distance",
        "Marginals",
        "Mean Wasserstein distance of the components, in their σ; 0 is perfect.",
        "dependence",
        3,
    ),
    Score(
        "correlation_error",
        "Correlations",
        "Root mean square difference of the Pearson coefficients; 0 is perfect.",
        "shape beyond second order",
        3,
    ),
    Score(
        "in_bulk",
        "In bulk",
        "Share within the Mahalanobis distance of 99 % of CelebA; 0.99 is perfect.",
        "samples that are too central",
    ),
    Score("median_mahalanobis", "Mahalanobis", "Median distance to the centre of CelebA.", "", 1),
    Score(
        "sliced_wasserstein",
        "Sliced W1",
        "Mean Wasserstein distance along 512 random directions, in the mean σ; 0 is perfect.",
        "",
        3,
    ),
    Score("density", "Density", "How crowded with real vectors the samples' places are; 1 is perfect.", ""),
    Score("coverage", "Coverage", "Share of real vectors with a sample nearby; the floor row's is perfect.", ""),
    Score("c2st", "C2ST", "AUC of a small classifier that tells samples from real vectors; 0.5: it cannot.", ""),
    Score(
        "copied",
        "Copied",
        "Share whose nearest vector is closer than that vector's own nearest neighbour; the floor row's is perfect.",
        "the centre of the bulk, where a vector that copies none is near to some",
    ),
)
"""All scores, in the order of the columns: images first, since they are what a reader came for."""
