"""Every page of the console, with axe-core: nobody is shut out, in either language, on any screen.

The pages are those the application itself names: one that is new is looked at too, or this fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.console.app import PAGES
from tests.e2e.browser_house import (
    House,
    needs_chromium,
    running_house,
    serious_faults,
    sticks_out,
)
from tests.e2e.test_console_browser import DESKTOP, PHONE, a_page, signed_in
from tests.e2e.ward_story import PATHWAY, a_ward

pytestmark = [pytest.mark.browser, needs_chromium]

OF = {
    "/cases/{id}": "case-wang",
    "/patients/{id}": "patient-wang",
    "/patients/{id}/change": "patient-wang",
    "/merges/{id}": "",  # made by hand in its own tests; without one it says that it is not there
    "/pathways/{id}": PATHWAY,
    "/pathways/{id}/leaflet": PATHWAY,
    "/pathways/{id}/try": PATHWAY,
    "/pathways/{id}/move": PATHWAY,
    "/drafts/{id}": "",
}
FILES = {"/photos/{id}/{number:int}", "/rota/export", "/programme/csv", "/programme/xlsx"}


@pytest.fixture
def house(tmp_path: Path, browser: Any) -> Iterator[House]:
    with running_house(tmp_path, released=True) as one:
        yield one
        for context in browser.contexts:
            context.close()


def addresses() -> list[str]:
    """Every page that a browser shows, with the id of somebody or something in this house."""
    found = []
    for page in PAGES:
        if page.method == "GET" and page.path not in FILES:
            path = page.path
            if "{" in path:
                assert path in OF, f"which one is to be looked at on {path}?"
                path = path.replace("{id}", OF[path] or "nothing")
            found.append(path)
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_serious_fault_on_any_page_on_desk_and_phone(
    browser: Any, house: House, language: str
) -> None:
    a_ward(house, language=language)
    page = a_page(browser, language=language)
    page.goto(f"{house.url}/console/sign-in")
    assert serious_faults(page) == []
    signed_in(house, page, "admin")
    faults: dict[str, object] = {}
    for path in addresses():
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            page.goto(f"{house.url}/console{path}")
            found = serious_faults(page) + ["wider than its window"] * sticks_out(page)
            if found:
                faults[f"{path} at {size['width']}"] = found
    assert faults == {}
    assert page.faults == []
