"""Figures as they stand on paper: as plain data for plotly.js, without what only a page asks of them."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio

__all__ = ["HEIGHT", "TEMPLATE", "WIDTH", "on_paper", "script_safe"]

WIDTH = 690
"""Pixels of a chart across: what A4 has between its margins."""

HEIGHT = 430
"""Pixels of a single chart that is higher, or says nothing of its height: two and their captions on a page."""

FARTHER = 1.3
"""How much farther off a scatter in three directions is seen, so that none of its names are cut."""

_FONT = {"family": "system-ui, Segoe UI, Noto Sans, DejaVu Sans, sans-serif", "size": 11, "color": "#222"}


def _template() -> dict[str, Any]:
    template: dict[str, Any] = pio.templates["plotly_white"].to_plotly_json()
    template.setdefault("layout", {})["font"] = _FONT
    return template


TEMPLATE = _template()
"""White ground, the page's type."""


def on_paper(figure: go.Figure) -> dict[str, Any]:
    """Return data and layout of a figure: the same numbers, points without WebGL, no memory of a page's gestures."""
    plain: dict[str, Any] = json.loads(str(figure.to_json()))
    data, layout = plain["data"], plain["layout"]
    for trace in data:
        trace["type"] = {"scattergl": "scatter"}.get(trace["type"], trace["type"])
        for name in ("unselected", "selectedpoints"):
            trace.pop(name, None)
    for name in ("template", "uirevision", "datarevision", "dragmode", "clickmode"):
        layout.pop(name, None)
    height = layout.setdefault("height", HEIGHT)
    if "xaxis2" not in layout:  # a single chart may be as low as paper asks for
        layout["height"] = min(height, HEIGHT)
    if eye := layout.get("scene", {}).get("camera", {}).get("eye"):
        layout["scene"]["camera"]["eye"] = {side: FARTHER * place for side, place in eye.items()}
    return {"data": data, "layout": layout}


def script_safe(value: object) -> str:
    """Return JSON that may stand within a script element of HTML, whatever its texts are."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
