"""Clicks on points in three dimensions, which Streamlit's own charts do not report."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

__all__ = ["clicks_in_space"]

_JS = """
const states = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
    const state = states.get(parentElement) ?? { emitter: null };
    states.set(parentElement, state);
    state.tell = ({ points }) => {
        const place = points?.[0]?.customdata;
        if (place?.length === 2) setTriggerValue("point", Array.from(place));
    };
    const attach = () => {
        const plot = document.querySelector(`.st-key-${data.chart} .js-plotly-plot`);
        if (!plot?.on || plot._ev === state.emitter) return;
        state.emitter = plot._ev; // another one whenever the chart is drawn anew
        plot.on("plotly_click", (event) => state.tell(event));
    };
    clearInterval(state.timer);
    state.timer = setInterval(attach, 250);
    attach();
    return () => clearInterval(state.timer);
}
"""

_clicks = st.components.v2.component("zpoints_clicks", js=_JS)


def clicks_in_space(chart: str, on_click: Callable[[int, int], None]) -> None:
    """Call a function with the number of its set and its own of each point that is clicked in a chart, by its key."""
    key = f"clicks_{chart}"

    def clicked() -> None:
        place, number = st.session_state[key].point
        on_click(int(place), int(number))

    _clicks(key=key, data={"chart": chart}, on_point_change=clicked)
