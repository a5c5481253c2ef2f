"""The strategies that tests go through."""

from __future__ import annotations

from core.strategies import Effort, applicable

AT_ONCE = tuple(strategy for strategy in applicable(posteriors=False) if strategy.effort is not Effort.TRAINING)
"""Those that any study of vectors can be drawn by without a training first."""
