"""Film strips of paths, with what is measured along them aligned beneath each frame."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from PIL import Image
from plotly.subplots import make_subplots

from core.figures.faces import wall
from core.figures.theme import DATA, figure, titled
from core.space.ways import LIKE, NEAR, Path
from core.statistics import Description

__all__ = ["Strip", "animation", "film"]

STRIP, PANEL = 72, 130
"""Heights in pixels of a strip of frames and of a panel of numbers."""

GAP = 26
"""Pixels above each row: its title stands there, clear of grid lines."""

MILLISECONDS = 120
"""That an animation shows a frame."""

ENLARGED = 2


@dataclass(frozen=True, eq=False)
class Strip:
    """A path with its decoded frames.

    Attributes
    ----------
    path : Path
    images : uint8 array (m, h, w, c)
    distances, errors : arrays (m,)
        Mahalanobis distance and cycle error of each frame, NaN where there is no decoder.
    colour : str
    """

    path: Path
    images: npt.NDArray[np.uint8]
    distances: npt.NDArray[np.float64]
    errors: npt.NDArray[np.float64]
    colour: str


def film(strips: Sequence[Strip], study: Description, usual_error: float) -> go.Figure:
    """Return strips of frames above their Mahalanobis distances and cycle errors, frame by frame.

    Parameters
    ----------
    strips : sequence of Strip
        Of the same number of frames.
    study : Description
        Half of its median distance and that of 99 % of its vectors are drawn beside: good is between them.
    usual_error : float
        Mean cycle error of the data's vectors; NaN where there is no decoder, and so no panel of it. Good is what is
        like that of the data: at most a quarter above the mean.
    """
    measured = bool(np.isfinite(usual_error))
    panels = ["distance from the middle", "cycle error: how far a step moves when decoded and encoded again"]
    panels = panels[: 1 + measured]
    heights = [STRIP] * len(strips) + [PANEL] * len(panels)
    total = sum(heights)
    grid = make_subplots(
        len(heights),
        1,
        shared_xaxes=True,
        vertical_spacing=GAP / (total + GAP * (len(heights) - 1)),
        row_heights=heights,
        subplot_titles=[*(s.path.name for s in strips), *panels],
    )
    grid.update_annotations(font_size=13)
    frames = np.arange(1, len(strips[0].path) + 1)
    for row, strip in enumerate(strips, 1):
        axis = "" if row == 1 else str(row)
        for frame, image in zip(frames, strip.images, strict=True):
            grid.add_layout_image(
                source=_picture(image),
                xref=f"x{axis}",
                yref=f"y{axis}",
                x=frame,
                y=0.5,
                sizex=0.98,
                sizey=1,
                xanchor="center",
                yanchor="middle",
                sizing="contain",
            )
        hover = "frame %{x}: %{customdata:.2f}, " + strip.path.parameter + "<extra>" + strip.path.name + "</extra>"
        places = np.full(len(frames), 0.5)
        grid.add_trace(
            go.Scatter(
                x=frames,
                y=places,
                customdata=strip.path.positions,
                mode="markers",
                marker={"opacity": 0, "size": 40},
                hovertemplate=hover,
                showlegend=False,
            ),
            row,
            1,
        )
        grid.update_yaxes(visible=False, range=[0, 1], fixedrange=True, row=row, col=1)
        for offset, values in ((1, strip.distances), (2, strip.errors))[: len(panels)]:
            hover = "frame %{x}: %{y:.3g}<extra>" + strip.path.name + "</extra>"
            grid.add_trace(
                go.Scatter(
                    x=frames,
                    y=values,
                    mode="lines+markers",
                    line={"color": strip.colour},
                    name=strip.path.name,
                    legendgroup=strip.path.name,
                    showlegend=offset == 1 and len(strips) > 1,
                    hovertemplate=hover,
                ),
                len(strips) + offset,
                1,
            )
    half, edge = NEAR * float(study.median_distance), float(study.distance_quantiles(0.99))
    marks = (
        (1, half, f"half of the median of {study.title}", "bottom right"),
        (1, edge, f"99 % of {study.title}", "top right"),
        (2, usual_error, f"{study.title}, mean", "bottom right"),
    )
    for offset, y, text, position in marks[: 2 + measured]:
        label = {"text": text, "font": {"size": 11}}
        line = {"color": DATA, "dash": "dot", "width": 1.5}
        grid.add_hline(y=y, line=line, annotation=label, annotation_position=position, row=len(strips) + offset)
    for offset, low, high in ((1, half, edge), (2, 0.0, LIKE * usual_error))[: len(panels)]:
        ground = {"fillcolor": DATA, "opacity": 0.12, "line_width": 0, "layer": "below"}
        label = {"text": "good", "font": {"size": 12}}
        grid.add_hrect(
            y0=low, y1=high, annotation=label, annotation_position="inside top left", row=len(strips) + offset, **ground
        )
    for offset in range(1, len(panels) + 1):
        grid.update_yaxes(rangemode="tozero", row=len(strips) + offset, col=1)
    grid.update_xaxes(range=[0.5, len(frames) + 0.5], showgrid=False, zeroline=False, fixedrange=True)
    grid.update_xaxes(title="frame", dtick=1, row=len(heights), col=1)
    layout = figure(total + GAP * (len(heights) - 1) + 110).layout
    grid.update_layout(
        height=layout.height,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "yref": "container", "y": 1, "yanchor": "top"},
        margin=titled(layout.height, 43, 60),
    )
    return grid


def animation(images: npt.NDArray[np.uint8]) -> bytes:
    """Return images (m, h, w, c) as an animated GIF that goes to the end and back."""
    there = [Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image) for image in images]
    size = (there[0].width * ENLARGED, there[0].height * ENLARGED)
    frames = [picture.resize(size, Image.Resampling.BICUBIC) for picture in there + there[-2:0:-1]]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=MILLISECONDS, loop=0)
    return file.getvalue()


def _picture(image: npt.NDArray[np.uint8]) -> str:
    return "data:image/webp;base64," + base64.b64encode(wall(image[None], 1)).decode()
