"""Texts that want to run, wherever people may write: they are shown as text and run nowhere. Promises S4 and S13.

That no drawn page lets one out is held by `test_headers`, which reads every page of the walk; the world of that walk is full of them.
"""

import csv
import io
import re
import zipfile
from datetime import date
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.jobs.actions import claim_job
from accounts.notices.letter import write_letter
from accounts.notices.models import Notice
from asn_lms.lib.richtext import render, tidy
from asn_lms.lib.sheets import read_rows, write_csv, write_xlsx
from enrollments.certificates.printing import drawn
from enrollments.reports.actions import ask_for_export
from enrollments.reports.tasks import write_export
from tests.cast import cast
from tests.test_access import told
from tests.test_headers import inline_in
from tests.walk import Walk
from tests.world import CORPUS, MARKDOWN, World, world

pytestmark = pytest.mark.django_db

FORMULAS = (
    '=HYPERLINK("http://hz.example","klik")',
    "+62811000111",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "＝1+1",
)
NIP = "199001012015031002"


def test_every_sort_of_hostile_text_was_really_shown(walk: Walk) -> None:
    """Each piece of the corpus stands, as text, on some page; else the reading of pages would prove nothing."""
    shown = "".join(visit.text for visit in walk.got() if visit.is_page and visit.person in {"learner", "officer"})
    for piece in CORPUS:
        escaped = piece.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        assert escaped.replace("'", "&#x27;") in shown, piece


def test_json_is_never_taken_for_a_page(walk: Walk) -> None:
    wrong = [v for v in walk.visits if v.text.startswith(("{", "[")) and v.is_page]
    assert not wrong, told(wrong)


@pytest.mark.parametrize(
    "source",
    [
        *CORPUS,
        *MARKDOWN.split("\n\n"),
        "[x](JaVaScRiPt:hz())",
        "[x](java\nscript:hz())",
        "[x](&#106;avascript:hz())",
        "<javascript:hz()>",
        "[x]: javascript:hz()\n\n[x]",
        "![x](data:image/svg+xml,<svg onload=hz()>)",
        "<scr<script>ipt>hz()</scr</script>ipt>",
        "<<b>script>hz()<</b>/script>",
        "| a | b |\n|---|---|\n| <img src=x onerror=hz()> | [c](vbscript:hz) |",
        "```\n<script>hz()</script>\n```",
        "<svg><style><!--</style><img src=x onerror=hz()>-->",
        "<math><mtext></mtext><mglyph><style></math><img src onerror=hz()>",
    ],
)
def test_markdown_runs_nothing_as_written_and_as_stored(source: str) -> None:
    for html in (render(source), render(tidy(source)), render(tidy(tidy(source)))):
        assert not inline_in(html)
        assert not re.search(r"<(script|img|svg|iframe|style|math|object|hz)\b", html)


def test_no_cell_of_a_spreadsheet_is_a_formula() -> None:
    rows = [(text, NIP, 3) for text in (*FORMULAS, *CORPUS)]
    book, table = io.BytesIO(), io.BytesIO()
    write_xlsx(book, ("Nama", "NIP", "Jumlah"), rows)
    with zipfile.ZipFile(book) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in archive.read(name)
                assert b"<hyperlink" not in archive.read(name).lower()
    write_csv(table, ("Nama", "NIP", "Jumlah"), rows)
    for cells in list(csv.reader(io.StringIO(table.getvalue().decode("utf-8-sig"), newline=""), delimiter=";"))[1:]:
        assert not cells[0].lstrip("﻿").startswith(("=", "+", "-", "@", "\t", "\r")), cells
        assert cells[1] == f"'{NIP}"


def test_what_was_written_is_read_back_as_it_was() -> None:
    for write in (write_xlsx, write_csv):
        file = io.BytesIO()
        write(file, ("nama", "nip"), [(text.strip(), NIP) for text in FORMULAS])
        file.seek(0)
        read = [(row["nama"], row["nip"]) for row in read_rows(file)]
        assert read == [(text.strip(), NIP) for text in FORMULAS]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_report_of_hostile_people_holds_texts_only_and_nobody_elses(form: str) -> None:
    people = cast()
    for person, name in [(people.learner, FORMULAS[0]), (people.head, FORMULAS[3]), (people.other_learner, "Kenari")]:
        person.name = person.post = name
        person.save(update_fields=["name", "post"])
    job = ask_for_export(people.a, date.today().year, by=people.head, form=form)
    file = io.BytesIO()
    held = claim_job(job.pk)
    assert held is not None
    write_export(held, file)
    raw = file.getvalue()
    if form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            raw = b"".join(archive.read(name) for name in archive.namelist())
        assert b"<f>" not in raw
    else:
        assert f"'{FORMULAS[3]}".encode() in raw
    assert b"HYPERLINK" in raw
    assert b"Kenari" not in raw


def _html_of(letter: EmailMultiAlternatives) -> str:
    parsed: Any = message_from_bytes(letter.message().as_bytes(), policy=policy.default)
    return "".join(part.get_content() for part in parsed.walk() if part.get_content_type() == "text/html")


@pytest.mark.parametrize("piece", [*CORPUS, "baris\r\nBcc: semua@contoh.go.id", "judul\nSubject: lain"])
def test_a_mail_shows_hostile_words_as_words_and_takes_no_header_from_them(piece: str) -> None:
    people = cast()
    people.learner.name = people.learner.post = piece
    people.learner.save(update_fields=["name", "post"])
    notice = Notice.objects.create(
        person=people.learner,
        kind="news",
        about="1",
        title=piece,
        body=f"{piece}\n{piece}",
        link="/",
        data={"verb": piece},
    )
    letter = write_letter(notice)
    message: Any = message_from_bytes(letter.message().as_bytes(), policy=policy.default)
    assert message["Bcc"] is None
    assert len(message.get_all("Subject")) == 1
    assert [address.addr_spec for address in message["To"].addresses] == [people.learner.email]
    assert not [one for one in inline_in(_html_of(letter)) if "style" not in one]


def test_a_certificate_of_hostile_data_is_still_drawn() -> None:
    made = world()
    paper = drawn(made.own.certificate)
    assert paper.startswith(b"%PDF")
    assert b"/JavaScript" not in paper
    assert b"/OpenAction" not in paper


def test_what_people_write_into_forms_comes_back_as_text(made_world: World) -> None:
    """A comment, a reason and a title, sent through the forms themselves by those who may."""
    from tests.doors import doors
    from tests.walk import Walker, quiet

    table, wrong = doors(), []
    with quiet():
        walker = Walker(made_world)
        for door in table.values():
            if door.post is None or door.is_api or not door.body(made_world.own):
                continue
            for piece in (CORPUS[1], CORPUS[4], FORMULAS[0]):
                body = {
                    name: piece if isinstance(value, str) and not name.startswith("lesson-") else value
                    for name, value in door.body(made_world.own).items()
                }
                thing = door.thing(made_world.own)
                answer = walker.ask(door, door.who_sends, "own", thing, "POST", body)
                if answer.status >= 500 or inline_in(answer.text if answer.is_page else ""):
                    wrong.append(f"{answer}: {inline_in(answer.text)[:2]}")
    assert not wrong, told(wrong)


@pytest.fixture
def made_world() -> World:
    return world()
