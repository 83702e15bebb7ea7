"""What the scripts of every page promise, in a real browser: nothing typed is lost, one click sends once, light stays light."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import RequestContext, Template
from django.test import override_settings
from django.urls import path
from playwright.sync_api import Browser, BrowserContext, Page

from asn_lms.appearance import theme
from tests.journeys.desk import MARKS

pytestmark = [*MARKS, pytest.mark.django_db(transaction=True)]


class Claim(forms.Form):
    name = forms.CharField()
    why = forms.CharField(widget=forms.Textarea)
    kind = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")], required=False)


_FRAME = """{% extends "base.html" %}{% load lms %}{% block title %}x{% endblock %}{% block content %}<h1>x</h1>"""
_FORM = Template(_FRAME + "{% whole_form form submit='Kirim' keep='claim' %}{% endblock %}")
_PLAIN = Template(
    _FRAME + "<a href='#ask' id='open'>?</a><p id='here'>{{ here }}</p>{% endblock %}"
    "{% block dialogs %}{% include 'parts/dialog.html' with id='ask' action='/form/' title='Yakin?' verb='Ya' %}{% endblock %}"
)
_sent: list[str] = []
_answers: list[str] = []  # what the server does with the next posts: "sign in", "refuse"; otherwise it accepts


def _form(request: HttpRequest) -> HttpResponse:
    form = Claim(request.POST or None)
    if request.method == "POST":
        answer = _answers.pop(0) if _answers else "accept"
        if answer == "sign in":
            return HttpResponseRedirect("/sign-in/?next=/form/")
        if answer == "refuse":
            messages.error(request, "Sudah penuh.")
            return HttpResponseRedirect("/form/")
        if form.is_valid():
            _sent.append(form.cleaned_data["name"])
            return HttpResponseRedirect("/done/")
    return HttpResponse(_FORM.render(RequestContext(request, {"form": form})))


def _plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_PLAIN.render(RequestContext(request, {"here": request.path})))


urlpatterns = [
    path("form/", _form),
    path("done/", _plain, name="home"),
    path("sign-in/", _plain, name="account_login"),
    path("theme/", theme, name="theme"),
]


@pytest.fixture
def site(live_server: Any) -> Iterator[str]:
    _sent.clear()
    _answers.clear()
    with override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"]):
        yield str(live_server.url)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    opened = chromium.new_context(locale="id-ID", viewport={"width": 360, "height": 740})
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    return context.new_page()


def write(tab: Page) -> None:
    tab.fill("#id_name", "Bimtek")
    tab.fill("#id_why", "Karena perlu.")
    tab.check("#id_kind_1")


def written(tab: Page) -> tuple[str, str, bool]:
    return tab.input_value("#id_name"), tab.input_value("#id_why"), tab.is_checked("#id_kind_1")


ALL = ("Bimtek", "Karena perlu.", True)
NOTHING = ("", "", False)


def send(tab: Page) -> None:
    tab.click("form[data-keep] button.btn")
    tab.wait_for_load_state()


def test_what_was_typed_is_there_again_after_leaving_the_page(site: str, tab: Page) -> None:
    tab.goto(f"{site}/form/")
    write(tab)
    tab.wait_for_timeout(500)
    tab.goto(f"{site}/done/")
    tab.goto(f"{site}/form/")
    assert written(tab) == ALL


def test_a_session_that_ended_costs_no_word(site: str, tab: Page) -> None:
    _answers.append("sign in")
    tab.goto(f"{site}/form/")
    write(tab)
    send(tab)
    assert tab.inner_text("#here") == "/sign-in/"
    tab.goto(f"{site}/form/")
    assert written(tab) == ALL


def test_a_refusal_costs_no_word(site: str, tab: Page) -> None:
    _answers.append("refuse")
    tab.goto(f"{site}/form/")
    write(tab)
    send(tab)
    assert "Sudah penuh." in tab.inner_text("[role=alert]")
    assert written(tab) == ALL


def test_a_form_that_was_accepted_begins_empty_the_next_time(site: str, tab: Page) -> None:
    tab.goto(f"{site}/form/")
    write(tab)
    send(tab)
    assert tab.inner_text("#here") == "/done/"
    assert _sent == ["Bimtek"]
    tab.goto(f"{site}/form/")
    assert written(tab) == NOTHING


def test_a_double_click_sends_once(site: str, tab: Page) -> None:
    tab.goto(f"{site}/form/")
    write(tab)
    tab.dblclick("form[data-keep] button.btn", no_wait_after=True)
    tab.wait_for_url("**/done/")
    assert _sent == ["Bimtek"]


def test_what_needs_fixing_is_read_first_and_leads_to_its_field(site: str, tab: Page) -> None:
    tab.goto(f"{site}/form/")
    tab.fill("#id_name", "Bimtek")
    send(tab)
    assert tab.evaluate("document.activeElement.matches('[data-errors]')")
    tab.click("[data-errors] a")
    assert tab.evaluate("document.activeElement.id") == "id_why"


def test_dark_is_kept_by_the_server_with_and_without_scripts(site: str, chromium: Browser) -> None:
    for scripts in (True, False):
        context = chromium.new_context(java_script_enabled=scripts, color_scheme="light")
        tab = context.new_page()
        tab.goto(f"{site}/done/")
        tab.click("[data-theme-toggle]")
        tab.wait_for_timeout(200)
        tab.goto(f"{site}/done/")
        assert tab.get_attribute("html", "data-theme") == "dark"
        context.close()


def test_a_question_opens_as_a_modal_and_without_scripts_as_a_target(site: str, chromium: Browser) -> None:
    for scripts in (True, False):
        context = chromium.new_context(java_script_enabled=scripts)
        tab = context.new_page()
        tab.goto(f"{site}/done/")
        assert not tab.is_visible("#ask")
        tab.click("#open")
        assert tab.is_visible("#ask")
        tab.click("#ask [data-close]")
        assert not tab.is_visible("#ask")
        context.close()


def test_a_lost_connection_is_said_and_taken_back(site: str, tab: Page, context: BrowserContext) -> None:
    tab.goto(f"{site}/done/")
    context.set_offline(True)
    tab.wait_for_selector(".toast:has-text('tidak tersambung')")
    context.set_offline(False)
    tab.wait_for_selector(".toast", state="detached")
