"""Every page in the browser for odd studies: of few rows, few or many components, grey, small, not square.

Each study is seen on a third of the pages and each page with a third of the studies; ``python -m bench.odd`` opens all
pages of all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from bench.dashboard import server
from bench.odd import ODD, make, visit
from pages.parts.front_door import PAGES, Room
from tests.browser.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a server with all odd studies behind it."""
    place = tmp_path_factory.mktemp("odd")
    for odd in ODD:
        (place / odd.name).mkdir()
        make(odd, place / "studies" / odd.name, place / odd.name)
    variables = {name: str(place / name) for name in ("studies", "jobs", "cache")}
    with server(ROOT / "dashboard.py", **{f"ZPOINTS_{name.upper()}": path for name, path in variables.items()}) as (
        url,
        _,
    ):
        yield url


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


def test_each_page_is_seen_with_studies_with_and_without_pictures() -> None:
    for room in PAGES:
        seen = [odd for number, odd in enumerate(ODD) if room in rooms(number)]
        assert len({bool(odd.shape) for odd in seen}) == 2


@pytest.mark.parametrize("number", range(len(ODD)), ids=[odd.name for odd in ODD])
def test_pages_are_drawn_in_the_browser(address: str, visitor: BrowserContext, number: int) -> None:
    assert visit(visitor, address, ODD[number].name, rooms(number)) == []


def rooms(number: int) -> tuple[Room, ...]:
    """Return the pages on which a study is seen: every third, beginning with another one for each study."""
    return PAGES[number % 3 :: 3]
