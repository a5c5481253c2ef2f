"""The face of the point under the pointer, without a rerun."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settle

PLACES = """plot => {
    const trace = plot._fullData.find((one) => one.customdata?.length > 20), { xaxis, yaxis } = plot._fullLayout;
    const { left, top } = plot.getBoundingClientRect();
    return [...trace.x.keys()].map((i) => [
        left + xaxis._offset + xaxis.d2p(trace.x[i]), top + yaxis._offset + yaxis.d2p(trace.y[i])]);
}"""


def test_the_face_of_the_point_under_the_pointer_is_shown_and_goes(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/bulk?pointer=true")
    settle(page)
    plot, face = page.locator(".st-key-plane_density .js-plotly-plot"), page.locator("figure[aria-hidden]")
    plot.scroll_into_view_if_needed()
    expect(face).to_be_hidden()
    places = np.array(plot.evaluate(PLACES))
    lonely = int(np.argmax(np.sort(np.linalg.norm(places[:, None] - places, axis=2), axis=1)[:, 1]))
    page.mouse.move(*(places[lonely] - 20))
    page.mouse.move(*places[lonely])
    expect(face).to_be_visible()
    expect(face).to_have_attribute("data-shown", f"0 {lonely}")
    expect(face.locator("figcaption")).to_have_text(f"{server.study.title}, vector {lonely}")
    assert face.locator("div").evaluate("div => div.style.backgroundImage").startswith('url("data:image/webp')
    page.mouse.move(5, 5)
    expect(face).to_be_hidden()


@pytest.mark.parametrize(("place", "number"), [(0, 7), (1, 30)])
def test_points_in_space_have_faces_too(page: Page, server: Server, place: int, number: int) -> None:
    page.goto(f"{server.url}/bulk?pointer=true&view=space")
    settle(page)
    plot, face = page.locator(".st-key-space .js-plotly-plot"), page.locator("figure[aria-hidden]")
    page.wait_for_timeout(600)
    carried = plot.evaluate(
        "plot => plot._fullData.filter((t) => t.customdata).map((t) => Array.from(t.customdata[0]))"
    )
    assert carried == [[0, 0], [1, 0], [2, 0], [3, 0]]  # the last two are origin and centre, which are clicked only
    plot.evaluate("(plot, data) => plot.emit('plotly_hover', {points: [{customdata: data}]})", [place, number])
    expect(face).to_have_attribute("data-shown", f"{place} {number}")
    expect(face).to_be_visible()
