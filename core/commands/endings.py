"""What commands say at their end: what was written, or what is left when they are made to end before."""

from __future__ import annotations

from core.study.building import Report

__all__ = ["TRAINING_ENDED", "WRITING_ENDED", "say_what_was_written"]

TRAINING_ENDED = "repeat the command, a training goes on from its checkpoint"
WRITING_ENDED = "nothing half-written is left, repeat the command"
"""What a command says when it is made to end before it is done."""


def say_what_was_written(report: Report) -> None:
    """Say what was skipped, how large the errors are, and where the study lies."""
    for skipped in report.skipped[:20]:
        print(f"skipped {skipped.name}: {skipped.reason}")
    if len(report.skipped) > 20:
        print(f"… and {len(report.skipped) - 20:,} more")
    known = report.study.rows[["partition", "reconstruction_error"]]
    errors = known.dropna(subset="reconstruction_error").groupby("partition")["reconstruction_error"].mean()
    for partition, error in errors.items():
        print(f"mean squared error, {partition or 'no partition'}: {error:.5f}")
    print(f"{report.study.folder}: {len(report.study):,} vectors of {report.study.dimension} components")
