from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.template import Context, Template, engines
from django.test import RequestFactory
from django.utils import timezone, translation

from asn_lms.lib import charts
from asn_lms.lib.pages import page, part_asked_for
from asn_lms.lib.tags.formats import milliseconds, server_clock

ROOT = Path(settings.BASE_DIR)


@pytest.fixture(autouse=True)
def _in_indonesian() -> Iterator[None]:
    with translation.override("id"):
        yield


def drawn(source: str, **values: Any) -> str:
    return Template("{% load lms %}" + source).render(Context(values))


class Claim(forms.Form):
    name = forms.CharField(label="Nama kegiatan", help_text="Seperti di sertifikat")
    start = forms.DateField(label="Tanggal mulai")
    batch = forms.ChoiceField(label="Angkatan", widget=forms.RadioSelect, choices=[("3", "III"), ("4", "IV")])
    proof = forms.FileField(label="Bukti")
    note = forms.CharField(label="Catatan", required=False)
    agree = forms.BooleanField(label="Ini benar")
    version = forms.CharField(widget=forms.HiddenInput, initial="7")


def test_days_are_written_in_the_readers_language() -> None:
    assert drawn("{{ d|day }}", d=date(2026, 3, 5)) == "5 Maret 2026"
    assert drawn("{{ d|day_short }}", d=date(2026, 8, 5)) == "5 Agu"
    assert drawn("{{ d|day_long }}", d=date(2026, 11, 11)) == "Rabu, 11 November 2026"
    assert drawn("{{ d|day }}", d=None) == "–"


@pytest.mark.parametrize(
    ("zone", "said"),
    [("Asia/Jakarta", "10.42 WIB"), ("Asia/Makassar", "11.42 WITA"), ("Asia/Jayapura", "12.42 WIT")],
)
def test_hours_are_told_in_the_readers_zone(zone: str, said: str) -> None:
    with timezone.override(zone):
        assert drawn("{{ at|hour }}", at=datetime(2026, 11, 11, 3, 42, tzinfo=UTC)) == said


def test_an_instant_late_in_the_evening_is_already_tomorrow_in_the_east() -> None:
    at = datetime(2026, 11, 11, 16, 30, tzinfo=UTC)
    with timezone.override("Asia/Jakarta"):
        assert drawn("{{ at|day_short }}", at=at) == "11 Nov"
    with timezone.override("Asia/Jayapura"):
        assert drawn("{{ at|day_short }}", at=at) == "12 Nov"


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2026, 11, 16), date(2026, 11, 20), "16–20 November 2026"),
        (date(2026, 2, 28), date(2026, 3, 3), "28 Februari – 3 Maret 2026"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 Desember 2026 – 2 Januari 2027"),
        (date(2026, 11, 16), date(2026, 11, 16), "16 November 2026"),
    ],
)
def test_a_span_of_days_says_nothing_twice(start: date, end: date, said: str) -> None:
    assert drawn("{% days a b %}", a=start, b=end) == said


def test_two_drawings_of_one_form_have_different_keys() -> None:
    keys = re.findall(r'value="([^"]+)"', drawn("{% idempotency %}{% idempotency %}"))
    assert len(set(keys)) == 2


def test_a_label_belongs_to_its_input_and_the_hint_is_announced() -> None:
    html = drawn("{% field form.name inputmode='text' %}", form=Claim())
    assert '<label for="id_name">' in html
    assert 'id="id_name_helptext"' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert 'inputmode="text"' in html
    assert "aria-invalid" not in html


def test_an_error_stands_before_the_input_and_is_announced_with_it() -> None:
    html = drawn("{% field form.name %}", form=Claim({}))
    assert html.index('id="id_name_error"') < html.index("<input")
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_what_was_typed_wrongly_is_still_there() -> None:
    html = drawn("{% field form.start %}", form=Claim({"start": "31-09-2026"}))
    assert 'value="31-09-2026"' in html
    assert 'data-size="short"' in html


def test_choices_are_a_group_with_a_legend() -> None:
    html = drawn("{% field form.batch %}", form=Claim({}))
    assert html.strip().startswith("<fieldset")
    assert "<legend>Angkatan" in html
    assert html.count('class="choice"') == 2
    assert 'role="radiogroup" aria-invalid="true"' in html


def test_only_what_may_be_left_out_is_marked() -> None:
    assert "(" not in re.sub(r"<[^>]+>", "", drawn("{% field form.start %}", form=Claim()))
    assert "(" in re.sub(r"<[^>]+>", "", drawn("{% field form.note %}", form=Claim()))


def test_the_summary_leads_to_every_field_that_needs_fixing() -> None:
    html = drawn("{% whole_form form submit='Kirim' cancel='/' %}", form=Claim({"name": "Bimtek"}), csrf_token="t0k")
    assert 'enctype="multipart/form-data"' in html
    assert 'name="csrfmiddlewaretoken" value="t0k"' in html
    assert 'name="idempotency_key"' in html
    assert 'name="version"' in html
    for anchor in ("id_start", "id_batch", "id_proof", "id_agree"):
        assert f'href="#{anchor}"' in html
        assert f'id="{anchor}"' in html
    assert 'href="#id_name"' not in html


def test_a_form_without_errors_has_no_summary() -> None:
    assert "data-errors" not in drawn("{% form_head form %}", form=Claim(), csrf_token="t")


def test_shapes_are_drawn_with_points_not_commas() -> None:
    html = drawn("{% ring '13.25' 20 2 %}{% meter '7.5' 22 '17.6' %}{% bar '2.5' 20 'JP' %}")
    assert "13,25" in html  # for people
    numbers = re.findall(r'(?:stroke-dasharray|width|value|max|pathLength|d)="([^"]*)"', html)
    assert numbers
    assert all("," not in number for number in numbers)


def test_a_full_ring_is_not_overfull() -> None:
    html = drawn("{% ring 26 20 %}")
    assert 'class="ring-done"' in html
    assert 'stroke-dasharray="20 40"' in html
    assert ">26<" in html


def test_a_ceiling_speaks_of_no_shortfall() -> None:
    assert drawn("{% ring_key 10 24 0 ceiling=True %}").count("<li>") == 1
    assert drawn("{% ring_key 10 20 3 %}").count("<li>") == 3


def test_a_year_that_is_not_over_ends_its_line_where_it_is() -> None:
    chart = charts.line_chart([str(month) for month in range(12)], [0, 10, 20], [0] * 12, goal=80)
    assert len(chart.line.split()) == 3
    assert len(chart.past.split()) == 12
    assert chart.goal_y == "72"
    assert charts.line_chart(["Jan"], []).last is None


def test_empty_charts_still_draw() -> None:
    assert charts.columns([]) == ()
    assert [bar.height for bar in charts.spark([0, 0])] == ["2", "2"]


def test_an_address_that_does_not_exist_is_not_linked() -> None:
    assert drawn("{% url_if 'no-such-page' as x %}[{{ x }}]") == "[]"


def test_the_path_to_this_page_ends_without_a_link() -> None:
    html = drawn("{% crumbs 'Angkatan' '/a/' 'Angkatan III' %}")
    assert html.count("<a ") == 1
    assert '<li aria-current="page">Angkatan III</li>' in html


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    sprite = (ROOT / "static/img/icons.svg").read_text()
    drawn_icons = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    named: dict[str, str] = {}
    for folder in ("templates", "accounts", "courses", "enrollments"):
        for path in (ROOT / folder).rglob("*.html"):
            for name in re.findall(r"""{%\s*icon\s+["']([\w-]+)["']""", path.read_text()):
                named[name] = str(path)
    assert {name: path for name, path in named.items() if name not in drawn_icons} == {}


def test_no_template_carries_style_or_script_inline() -> None:
    """The content security policy would refuse it. Mail programs are another matter."""
    found = {}
    for path in (ROOT / "templates").rglob("*.html"):
        if "mail" in path.parts:
            continue
        text = path.read_text()
        if re.search(r"""<style|\sstyle=["']|\son[a-z]+=["']|javascript:|<script(?![^>]*\bsrc=)""", text):
            found[str(path)] = text[:80]
    assert found == {}


def _page(template: str, **headers: str) -> HttpResponse:
    request = RequestFactory().get("/", headers=headers)
    return page(request, template, {"name": "Rina"})


@pytest.fixture
def due_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "due.html").write_text(
        'whole[{% partialdef due inline %}<p id="due">{{ name }}</p>{% endpartialdef %}]', encoding="utf-8"
    )
    engine = engines["django"].engine  # type: ignore[attr-defined]
    monkeypatch.setattr(engine, "dirs", [tmp_path, *engine.dirs])
    return "due.html"


def test_a_browser_gets_the_whole_page_and_htmx_the_part_it_replaces(due_template: str) -> None:
    assert _page(due_template).content == b'whole[<p id="due">Rina</p>]'
    assert _page(due_template, HX_Request="true", HX_Target="due").content == b'<p id="due">Rina</p>'


def test_a_part_that_this_page_does_not_have_is_answered_with_the_page(due_template: str) -> None:
    assert _page(due_template, HX_Request="true", HX_Target="other").content.startswith(b"whole")


def test_caches_know_that_the_answer_depends_on_the_question(due_template: str) -> None:
    assert {"HX-Request", "HX-Target"} <= set(_page(due_template)["Vary"].replace(" ", "").split(","))


@pytest.mark.parametrize("target", ["../settings", "a#b", "DUE", "x" * 65, ""])
def test_only_plain_names_ask_for_a_part(target: str) -> None:
    request = RequestFactory().get("/", headers={"HX-Request": "true", "HX-Target": target})
    assert part_asked_for(request) is None


def test_a_boosted_link_wants_the_whole_page() -> None:
    request = RequestFactory().get("/", headers={"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "due"})
    assert part_asked_for(request) is None


def test_scripts_are_told_the_moment_to_the_millisecond() -> None:
    """A clock cut to the second let the older of two answers within that second win."""
    first = datetime(2026, 11, 24, 3, 0, 0, 120_000, tzinfo=UTC)
    assert int(milliseconds(first + timedelta(milliseconds=5))) - int(milliseconds(first)) == 5
    with time_machine.travel(first, tick=False):
        assert server_clock() == milliseconds(first) == "1795489200120"
