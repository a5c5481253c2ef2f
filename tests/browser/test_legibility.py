"""Can everything be read, by eyes and by what reads aloud? Texts, headings, widths, axe-core, in both themes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from pages.parts.front_door import PAGES
from tests.browser.conftest import Server, settle

LEAST, LARGE = 4.5, 3.0
"""Contrast of text, and of text from 24 pixels or from 18.66 pixels in bold (WCAG 2.2, 1.4.3)."""

STATES = {
    "story": "story?step=corners&guess_corners=half",
    "faces": "faces?strategy=mvn&against=cube&formulas=true",
    "scoreboard": "scoreboard?rows=mvn&everything=true",
}
"""Pages that show more in another state than with all their pictures."""

ADDRESSES = ("", *(STATES.get(room.file, f"{room.file}?everything=true") for room in PAGES[1:]))

GRAVE = ("serious", "critical")
"""What no page may have, of the four degrees in which axe-core tells how hard a fault makes it for whom it concerns."""

AXE = Axe()

CONTRASTS = """() => {
    const channels = colour => {
        const canvas = channels.canvas ??= new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, ground) => top.slice(0, 3).map((c, i) => c * top[3] + ground[i] * (1 - top[3]));
    const ground = element => {
        const layers = [], box = element.getBoundingClientRect();
        const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
        for (let e = element; e; e = e.parentElement) {
            const {left, right, top, bottom} = e.getBoundingClientRect();
            const outside = x < left || x > right || y < top || y > bottom;
            if (outside && right - left < 48 && bottom - top < 48) continue; // the value above a slider's thumb
            const layer = channels(getComputedStyle(e).backgroundColor);
            if (layer[3] > 0) layers.push(layer);
            if (layer[3] === 1) break;
        }
        return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
    };
    const luminance = colour => {
        const [r, g, b] = colour.map(c => (c / 255 <= 0.04045) ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const text = walker.currentNode.textContent.replace(/[\\s\\u200b]+/g, ' ').trim();
        if (!text || !element || element.closest('script, style, .katex-mathml, [disabled], [aria-disabled=true]'))
            continue;
        if (!element.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
        const style = getComputedStyle(element), svg = !!element.closest('svg');
        if (element.getClientRects().length === 0) continue;
        const colour = channels(svg ? style.fill : style.color);
        if (svg) colour[3] *= Number(style.fillOpacity);
        for (let e = element; e; e = e.parentElement) colour[3] *= Number(getComputedStyle(e).opacity);
        const below = ground(element), [one, other] = [luminance(over(colour, below)), luminance(below)];
        const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
        found.push({where: element.outerHTML.slice(0, 160),
            text: text.slice(0, 60), contrast: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05),
            large: size >= 24 || (bold && size >= 18.66), colour: over(colour, below).map(Math.round).join(' '),
            ground: below.map(Math.round).join(' '),
        });
    }
    return found;
}"""


BEYOND = """() => Math.max(...[...document.querySelectorAll(
    '[data-testid="stMain"], [data-testid="stMainBlockContainer"], [role="radiogroup"], [role="tablist"]'
)].map(e => e.scrollWidth - e.clientWidth))"""
"""By how many pixels a page, or a row of choices or tabs on it, is wider than what is seen of it."""

USUAL, OTHERS = 1400, (2400, 800, 390)
"""Widths of windows in pixels: the one in which texts are looked at, and those to which a page must fit, too."""

IS_DARK = "Number(getComputedStyle(document.querySelector('.stApp')).backgroundColor.match(/\\d+/)[0]) < 128"
"""Whether the dark theme is drawn."""


@pytest.fixture
def empty(browser: Browser) -> Iterator[Page]:
    """Return an empty page of a wide window that asks for a light theme."""
    context = browser.new_context(viewport={"width": USUAL, "height": 1000}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def faint_texts(page: Page) -> list[str]:
    """Return texts that do not stand out enough from what is below them."""
    texts = page.evaluate(CONTRASTS)
    assert len(texts) > 30, page.url
    return [
        f"{page.url}: {t['text']!r} has {t['contrast']:.2f} ({t['colour']} on {t['ground']}) {t['where']}"
        for t in texts
        if t["contrast"] < (LARGE if t["large"] else LEAST)
    ]


def barriers(page: Page, theme: str) -> list[str]:
    """Return what axe-core finds grave on a page; in the dark theme only colours differ from what was looked at."""
    more = {"runOnly": ["color-contrast"]} if theme == "dark" else {}
    found = AXE.run(page, options={"resultTypes": ["violations"], **more}).response
    assert len(found["passes"]) >= (1 if more else 15), page.url
    return [
        f"{page.url}, {theme}: {rule['id']} at {node['target']}: {node['html'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
        if node["impact"] in GRAVE
    ]


def too_wide(page: Page) -> list[str]:
    """Return by how much a page is wider than its window, in a sentence, if it is."""
    beyond, width = page.evaluate(BEYOND), page.viewport_size["width"]
    return [f"{page.url} is {beyond} pixels wider than its window of {width}"] if beyond > 1 else []


def leaps(page: Page) -> list[str]:
    """Return where headings leave out a level, or what is wrong with the first."""
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))")
    first = [] if levels[:1] == [1] and levels.count(1) == 1 else [f"{page.url} has headings {levels}"]
    return first + [f"{page.url}: h{b} follows h{a}" for a, b in itertools.pairwise(levels) if b > a + 1]


def test_texts_stand_out_headings_follow_each_other_and_pages_fit_their_window(empty: Page, server: Server) -> None:
    faults, titles = [], []
    for address in ADDRESSES:
        empty.goto(f"{server.url}/{address}")
        settle(empty)
        titles.append(empty.title())
        faults += faint_texts(empty) + barriers(empty, "light") + leaps(empty) + too_wide(empty)
        empty.emulate_media(color_scheme="dark")
        empty.wait_for_function(IS_DARK)
        settle(empty)
        faults += faint_texts(empty) + barriers(empty, "dark")
        for width in OTHERS:
            empty.set_viewport_size({"width": width, "height": 1000})
            settle(empty)
            faults += too_wide(empty)
        empty.set_viewport_size({"width": USUAL, "height": 1000})
        empty.emulate_media(color_scheme="light")
    assert not faults, "\n".join(faults)
    assert len(set(titles)) == len(titles)
