"""A village office: 400 kbit/s and 400 ms. The first lesson page is small, and can be read before everything has come."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from enrollments.enrolling.actions import enroll_self_paced
from tests.cast import Cast
from tests.journeys.course import short_course
from tests.journeys.desk import MARKS, Desk
from tests.stack import Stack

pytestmark = MARKS
BYTES = 400_000 / 8  # a second
MOST = 150 * 1024


@pytest.fixture
def slow(desk: Desk, city: Cast) -> Iterator[Page]:
    """A phone with an empty cache behind a thin line."""
    page = desk.sit_down(city.learner, {"width": 360, "height": 740})
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 400, "downloadThroughput": BYTES, "uploadThroughput": BYTES},
    )
    page.context.set_default_timeout(60_000)
    yield page
    page.context.close()


@pytest.mark.parametrize("kind", ["text", "quiz", "reflection"])
def test_a_lesson_is_small_and_usable_on_a_thin_line(
    slow: Page, city: Cast, stack: Stack, kind: str, request: Any
) -> None:
    with stack.rows():
        version = short_course(city.bkpsdm, f"Jalur sempit {kind}")
        place = enroll_self_paced(city.learner, version.course, by=city.learner)
        address = reverse("lesson", args=[place.pk, version.lessons.get(kind=kind).uid])
    came: dict[str, float] = {}
    line = slow.context.new_cdp_session(slow)
    line.send("Network.enable")
    names: dict[str, str] = {}
    line.on("Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]}))
    line.on(
        "Network.loadingFinished",
        lambda event: came.update({names.get(event["requestId"], event["requestId"]): event["encodedDataLength"]}),
    )
    slow.goto(address, wait_until="load")
    slow.wait_for_load_state("networkidle")
    assert slow.url in came
    assert sum(came.values()) <= MOST, came
    # What a thumb does first works on that line.
    main = slow.get_by_role("main")
    if kind == "text":
        main.get_by_role("button", name="Tandai selesai").click()
        expect(main.locator(".saved")).to_be_visible(timeout=30_000)
    elif kind == "quiz":
        main.get_by_role("button", name="Mulai kuis").click()
        slow.locator("[data-question]:visible .choice").first.click()
        expect(slow.locator("[data-saved-at]")).to_contain_text("Tersimpan", timeout=30_000)
    else:
        main.get_by_role("textbox", name="Jawaban Anda").fill("Pelan-pelan, tetapi sampai juga di sini.")
        main.get_by_role("button", name="Kirim jawaban").click()
        expect(main.locator(".card").first).to_contain_text("Pelan-pelan", timeout=30_000)
