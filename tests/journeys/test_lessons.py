"""Lessons in a real browser: no typed answer is lost, whatever happens to the connection, the tab, the session or the device."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from courses.structure.models import CourseVersion
from enrollments.attempts.models import Attempt, AttemptItem
from enrollments.enrolling.actions import enroll_self_paced
from tests import make
from tests.cast import Cast, cast
from tests.courses.lesson_kinds.quizzes import quiz_of
from tests.crew import wait_until
from tests.journeys.desk import MARKS, PHONE

pytestmark = [*MARKS, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people() -> Cast:
    return cast()


Device = Callable[[], BrowserContext]


@pytest.fixture
def take_device(chromium: Browser, live_server: Any, people: Cast) -> Iterator[Device]:
    """A browser of its own in which the learner is signed in."""

    def another() -> BrowserContext:
        client = Client()
        client.force_login(people.learner)
        context = chromium.new_context(viewport=PHONE, locale="id-ID", base_url=live_server.url)
        context.add_cookies(
            [
                {
                    "name": settings.SESSION_COOKIE_NAME,
                    "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                    "url": live_server.url,
                }
            ]
        )
        return context

    with override_settings(ALLOWED_HOSTS=["*"]):
        yield another


def lesson_of(people: Cast, version: CourseVersion) -> str:
    enrollment = enroll_self_paced(people.learner, version.course, by=people.learner)
    return reverse("lesson", args=[enrollment.pk, version.lessons.get().uid])


def begin(context: BrowserContext, path: str) -> Page:
    page = context.new_page()
    page.goto(path)
    if page.locator("button[name=begin]").count():
        page.click("button[name=begin]")
    expect(page.locator("[data-step='1']")).to_be_visible()
    page.wait_for_load_state("load")  # the page's script stands: what is chosen is on its way at once
    return page


def choose(page: Page, number: int, option: int) -> str:
    """Answer question `number` with its option; gives the option's uid."""
    page.locator(".map a").nth(number - 1).click()
    choice = page.locator("[data-question]:visible .choice").nth(option)
    choice.click()
    return str(choice.locator("input").get_attribute("value"))


def saved_answers() -> set[str]:
    return {uid for options in AttemptItem.objects.values_list("answer", flat=True) for uid in options}


def waiting(page: Page) -> bool:
    """Whether this device keeps something that has not arrived. (The page's own policy forbids wait_for_function.)"""
    return bool(page.evaluate("Object.keys(localStorage).some((key) => key.includes('outbox'))"))


def nothing_waits(page: Page) -> None:
    wait_until(lambda: not waiting(page), seconds=15, each=lambda: page.wait_for_timeout(50))


def test_answers_given_without_a_connection_survive_a_killed_tab(take_device: Device, people: Cast) -> None:
    path = lesson_of(people, quiz_of(4))
    context = take_device()
    page = begin(context, path)
    first = choose(page, 1, 0)
    nothing_waits(page)
    context.set_offline(True)
    second = choose(page, 2, 1)
    expect(page.locator(".note[data-offline]")).to_be_visible()
    page.close()
    context.set_offline(False)
    assert saved_answers() == {first}
    page = begin(context, path)
    nothing_waits(page)
    assert saved_answers() == {first, second}
    expect(page.locator(f"input[value='{second}']")).to_be_checked()


def test_a_session_that_ended_loses_no_answer(take_device: Device, people: Cast) -> None:
    path = lesson_of(people, quiz_of(3))
    context = take_device()
    page = begin(context, path)
    (session,) = (one["value"] for one in context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    kept = choose(page, 2, 0)
    expect(page.locator("[data-signedout]")).to_be_visible()
    assert saved_answers() == set()
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}])
    page.reload()
    nothing_waits(page)
    assert saved_answers() == {kept}


@pytest.mark.parametrize("slept", [0, 3 * 3600 * 1000])
def test_two_devices_end_with_the_newest_answer(take_device: Device, people: Cast, slept: int) -> None:
    """Also on a phone that slept since its browser began: the browser's own origin of time is behind by that."""
    path = lesson_of(people, quiz_of(3))
    phone, office = take_device(), take_device()
    phone.add_init_script(
        f"const began = performance.timeOrigin; Object.defineProperty(performance, 'timeOrigin', {{ get: () => began - {slept} }})"
    )
    on_phone = begin(phone, path)
    phone.set_offline(True)
    older = choose(on_phone, 1, 0)
    in_office = begin(office, path)
    newer = choose(in_office, 1, 1)
    wait_until(lambda: saved_answers() == {newer}, seconds=15, each=lambda: in_office.wait_for_timeout(50))
    phone.set_offline(False)
    on_phone.evaluate("dispatchEvent(new Event('online'))")
    nothing_waits(on_phone)
    assert saved_answers() == {newer}
    assert older != newer
    on_phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(on_phone.locator(f"input[value='{newer}']")).to_be_checked(timeout=2000)


def test_handing_in_waits_for_the_last_answer_and_shows_the_result(take_device: Device, people: Cast) -> None:
    path = lesson_of(people, quiz_of(2))
    page = begin(take_device(), path)
    for number in (0, 1):
        page.locator(".map a").nth(number).click()
        page.locator("[data-question]:visible .choice", has_text="Meleset").click()
    page.click("a[href='#kirim']")
    page.click("#kirim button[name=hand_in]")
    expect(page.locator("#h-umpan")).to_be_visible()
    attempt = Attempt.objects.get()
    assert attempt.closed_at is not None
    assert len(attempt.state["answers"]) == 2


def test_a_draft_of_a_reflection_is_there_after_a_killed_tab(take_device: Device, people: Cast) -> None:
    path = lesson_of(people, make.version(lessons=1, kind="reflection"))
    context = take_device()
    page = context.new_page()
    page.goto(path)
    context.set_offline(True)
    page.fill("#jawaban", "Yang saya tulis tanpa koneksi")
    wait_until(lambda: waiting(page), seconds=10, each=lambda: page.wait_for_timeout(50))
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(path)
    expect(page.locator("#jawaban")).to_have_value("Yang saya tulis tanpa koneksi")
    nothing_waits(page)
    assert Attempt.objects.get().state["draft"] == "Yang saya tulis tanpa koneksi"
