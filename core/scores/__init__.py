"""Scores: how close is a sample to CelebA, and are its images faces."""

from core.scores.cycle import cycle_errors
from core.scores.definitions import SCORES, Score
from core.scores.verdicts import THRESHOLDS, verdict

__all__ = ["SCORES", "THRESHOLDS", "Score", "cycle_errors", "verdict"]
