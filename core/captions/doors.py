"""What was found in images that somebody brings, and what a training of them is, in words."""

from __future__ import annotations

from collections.abc import Iterator

from core.networks import AutoencoderConfig, TrainingConfig
from core.sources.preview import Preview

__all__ = ["LOSSES", "about_recipe", "about_time", "found_lines"]

LOSSES = {
    "mean_squared_error": "Mean squared error",
    "mean_absolute_error": "Mean absolute error",
    "binary_crossentropy": "Binary cross-entropy",
    "l1_ssim": "Structure and absolute error (SSIM + L1)",
}
"""Losses, as a reader calls them."""

NAMED = 3
"""Sizes, classes and names that are listed."""


def found_lines(preview: Preview) -> Iterator[str]:
    """Yield what a sample of images shows, a sentence each."""
    some = "all of them were" if preview.read >= preview.count else f"{preview.read:,} of them were"
    yield f"{preview.count:,} images in a {preview.kind}; {some} looked at."
    if preview.sizes:
        sizes = [f"{width}×{height} ({count:,})" for (width, height), count in preview.sizes.items()]
        more = f" and {len(sizes) - NAMED:,} other sizes" if len(sizes) > NAMED else ""
        colours = "all grey" if preview.grey else "in colour"
        yield f"Width × height in pixels: {', '.join(sizes[:NAMED])}{more}; {colours}."
    cut = f"the central {preview.crop}×{preview.crop} pixels" if preview.crop else "the largest central square"
    yield f"Of each, {cut} will be cut, as below."
    for reason, names in preview.bad.items():
        listed = ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
        yield f"{len(names):,} of those looked at cannot be read ({listed}): {reason}."
    for reason, count in preview.passed_over.items():
        yield f"{count:,} other {'file is' if count == 1 else 'files are'} passed over: {reason}."
    if preview.classes:
        classes = [f"{name} ({count:,})" for name, count in preview.classes.items()]
        more = f" and {len(classes) - NAMED:,} others" if len(classes) > NAMED else ""
        yield f"Classes: {', '.join(classes[:NAMED])}{more}; they are kept with the images."
    if preview.lists:
        yield f"Lists beside them: {', '.join(path.name for path in preview.lists)}; they are joined by file name."
    if preview.columns:
        yield f"Columns beside them: {', '.join(preview.columns[:10])}; they are kept with the images."


def about_recipe(config: AutoencoderConfig, training: TrainingConfig) -> str:
    """Return what a training does, in one sentence without terms of the trade."""
    kind = "A variational autoencoder" if config.kind == "variational" else "An autoencoder"
    size = f"{config.image_size}×{config.image_size} pixels"
    numbers = f"{config.latent_size} numbers" if config.latent_size > 1 else "one number"
    return (
        f"{kind} learns to describe each image of {size} by {numbers} and to draw it again from them; it looks at all "
        f"images {training.epochs} times."
    )


def about_time(seconds: float) -> str:
    """Return how long something takes, no more exactly than it can be known."""
    if seconds < 90:
        return "about a minute"
    minutes = seconds / 60
    return f"about {minutes:.0f} minutes" if minutes < 90 else f"about {minutes / 60:.1f} hours"
