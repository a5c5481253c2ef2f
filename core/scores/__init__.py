"""Scores: how close a sample is to the data, and whether its images are faces."""

from core.scores.cycle import cycle_errors, scales_of
from core.scores.score import Best, Need, Score
from core.scores.verdicts import THRESHOLDS, verdict

__all__ = ["THRESHOLDS", "Best", "Need", "Score", "cycle_errors", "scales_of", "verdict"]
