"""axe finds nothing on any page of the site, with one thing of every sort on it: on a phone in light, on a desk in dark."""

import pytest
from playwright.sync_api import Error, Page

from enrollments.builder.wish import COLUMNS, Rows
from tests.doors import Door, known
from tests.journeys.desk import DESKTOP, MARKS, PHONE, Desk, faults
from tests.stack import Stack
from tests.world import World, world

pytestmark = MARKS


@pytest.fixture(scope="module")
def everything(stack: Stack) -> World:
    """See tests/world.py: hostile texts are long and odd, as real ones sometimes are."""
    with stack.rows():
        return world()


def pages_of(who: str) -> list[Door]:
    """Each door is looked at by the first of the cast who may come in."""
    return [
        door for door in known() if door.get == 200 and door.who_comes == who and not door.is_api and not door.is_json
    ]


def is_whole_page(page: Page, path: str) -> bool:
    """Opens it; some doors lead to a file, and some to a piece for a page that is open already."""
    try:
        page.goto(path)
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        return False
    # A PDF is shown by the browser's own viewer, which is not ours to judge.
    return bool(
        page.evaluate(
            "document.doctype !== null && document.contentType === 'text/html' && !document.querySelector('embed')"
        )
    )


@pytest.mark.parametrize("who", ["learner", "officer", "reviewer", "trainer", "head", "admin"])
def test_every_page_is_clean(desk: Desk, everything: World, stack: Stack, who: str) -> None:
    page = desk.sit_down(everything.people[who])
    found: list[str] = []
    for door in pages_of(who):
        with stack.rows():
            path = door.path(door.thing(everything.own))
        if is_whole_page(page, path):
            found += faults(page)
    page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("rows", Rows.values)
def test_a_report_with_every_column_scrolls_in_its_place_and_never_the_page(
    desk: Desk, everything: World, rows: str
) -> None:
    page = desk.sit_down(everything.people["head"])
    page.goto(f"/reports/own/?rows={rows}")
    region = page.locator("#tabel").get_by_role("region")
    assert region.locator("thead th").count() == len(COLUMNS[rows])
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.set_viewport_size(DESKTOP)
    region.focus()
    page.keyboard.press("ArrowRight")
    if region.evaluate("region => region.scrollWidth > region.clientWidth"):
        page.wait_for_function("document.activeElement.scrollLeft > 0")
    assert not (found := faults(page)), "\n".join(found)
    page.context.close()


def test_every_page_for_those_who_are_not_signed_in_is_clean(desk: Desk, everything: World) -> None:
    page = desk.device().new_page()
    found: list[str] = []
    for address in (
        "/accounts/login/",
        "/accounts/activate/",
        "/accounts/password/reset/",
        "/privacy/",
        "/guide/",
        "/accessibility/",
        "/no-such-page/",
    ):
        page.goto(address)
        found += faults(page)
    page.context.close()
    assert not found, "\n".join(found)
