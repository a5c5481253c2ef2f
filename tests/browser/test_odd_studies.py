"""Every page in the browser for every odd study: of few rows, few or many components, grey, small, not square."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from bench.dashboard import server
from bench.odd import ODD, make, visit
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


@pytest.mark.parametrize("name", [odd.name for odd in ODD])
def test_every_page_is_drawn_in_the_browser(address: str, visitor: BrowserContext, name: str) -> None:
    assert visit(visitor, address, name) == []
