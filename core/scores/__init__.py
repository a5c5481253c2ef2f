"""Scores: how close is a sample to CelebA, and does the decoder understand it."""

from core.scores.cycle import cycle_errors

__all__ = ["cycle_errors"]
