"""What nobody should send, to every door: nothing breaks, each gets a clear answer, and nothing typed is lost. Promise S20.

What is wrong here: missing fields, nonsense where a number belongs, NUL bytes, ten megabytes, broken encodings, empty files and
files of another kind, and the same in what stands behind the question mark.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.html import escape

from tests.doors import Door, doors, forms, known
from tests.test_access import told
from tests.walk import Visit, Walker, know, quiet
from tests.world import PDF, World, world

pytestmark = pytest.mark.django_db
MEBIBYTE = 1024 * 1024
NASTY = ("\x00", "²", "-" + "9" * 30, "🦆\u202e%00'\"\\_{{7}}" + "x" * 5000)
QUESTIONS = [
    "q",
    "after",
    "before",
    "page",
    "year",
    "agency",
    "unit",
    "state",
    "show",
    "status",
    "phase",
    "role",
    "day",
    "group",
    "format",
    "kind",
    "below",
    "person",
    "course",
    "cursor",
    "limit",
    "sort",
    "duration",
    "competency",
    "language",
    "search",
    "name",
    "object_type",
    "object_id",
    "code",
    "level",
    "month",
    "done",
    "next",
    "version",
]


@pytest.fixture(scope="module")
def walker(django_db_setup: None, django_db_blocker: Any) -> Iterator[Walker]:
    """One world for the whole file, taken back at its end; each form that is sent is taken back by itself."""
    with django_db_blocker.unblock(), ExitStack() as stack:
        stack.enter_context(quiet())
        stack.enter_context(transaction.atomic())
        made = world()
        know(stack, made)
        yield Walker(made)
        transaction.set_rollback(True)


def send(walker: Walker, door: Door, body: Any) -> Visit:
    return walker.ask(door, door.who_sends, "own", door.thing(walker.world.own), "POST", body)


def body_of(walker: Walker, door: Door) -> dict[str, Any]:
    return dict(door.body(walker.world.own))


def broken(visits: list[Visit]) -> list[str]:
    return [str(visit) for visit in visits if visit.status >= 500]


def test_a_form_with_nonsense_in_its_fields_breaks_nothing(walker: Walker) -> None:
    wrong = []
    for door in forms():
        for nasty in NASTY:
            fields = {name: nasty for name, value in body_of(walker, door).items() if not hasattr(value, "read")}
            wrong += [f"{one} for {nasty[:9]!r}" for one in broken([send(walker, door, {**fields, "also": nasty})])]
    assert not wrong, told(wrong, most=60)


def test_a_form_with_one_field_missing_breaks_nothing_and_keeps_the_others(walker: Walker) -> None:
    """When the form is shown again, what was typed into the other fields stands in it."""
    wrong = []
    for door in forms():
        body = body_of(walker, door)
        texts = [
            name for name, value in body.items() if isinstance(value, str) and value.isascii() and "-" not in value
        ]
        for gone in set(body) - {"sent"}:  # without it a page asks first, and nothing was typed
            kept = {name: value for name, value in body.items() if name != gone}
            answer = send(walker, door, kept)
            wrong += broken([answer])
            if answer.status in {200, 422} and answer.is_page and not door.is_public:
                lost = [name for name in texts if name != gone and not _stands(kept[name], answer.text)]
                wrong += [f"{door.name} without {gone}: “{kept[name]}” of {name} is lost" for name in lost]
    assert not wrong, told(wrong, most=60)


def _stands(value: str, text: str) -> bool:
    return escape(value) in text or not value.strip()


def test_ten_megabytes_in_a_field_get_a_sentence(walker: Walker) -> None:
    much = "Panjang sekali " * (10 * MEBIBYTE // 15)
    wrong = []
    for door in forms():
        body = body_of(walker, door)
        field = next((name for name, value in body.items() if isinstance(value, str)), None)
        if field is None:
            continue
        wrong += broken([send(walker, door, {**body, field: much})])
    assert not wrong, told(wrong)


def test_more_than_the_server_takes_is_refused_with_413_or_400(walker: Walker) -> None:
    answer = send(walker, doors()["course-new"], {"title": "x" * (13 * MEBIBYTE)})
    assert answer.status in {400, 413}
    assert "<h1" in answer.text


@pytest.mark.parametrize(
    ("content_type", "raw"),
    [
        ("application/x-www-form-urlencoded", b"title=%FF%FE%00&x=\xff\xfe&=&&%"),
        ("application/json", b'{"title": '),
        ("application/json", b"\xff\xfe{}"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nhalf'),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=\xc3\xa9", b"--x--"),
        ("text/plain; charset=utf-99", b"title=x"),
        ("", b"title=x"),
    ],
)
def test_a_body_in_a_broken_encoding_breaks_nothing(walker: Walker, content_type: str, raw: bytes) -> None:
    wrong = []
    for door in forms():
        path = door.path(door.thing(walker.world.own))
        with transaction.atomic():
            answer: Any = walker.fresh(door.who_sends).generic("POST", path, raw, content_type=content_type)
            if answer.status_code >= 500:
                wrong.append(f"{door.name} → {answer.status_code}")
            transaction.set_rollback(True)
    assert not wrong, told(wrong)


FILES = {
    "nothing at all": ("orang.csv", b""),
    "a PDF called a sheet": ("orang.csv", PDF),
    "a page called a sheet": ("orang.csv", b"<!doctype html><script>hz()</script>"),
    "a program": ("orang.xlsx", b"MZ\x90\x00" + bytes(500)),
    "half a ZIP": ("orang.xlsx", b"PK\x03\x04" + bytes(40)),
    "a sheet in UTF-16": ("orang.csv", "nip;nama\n1;x".encode("utf-16")),
    "a sheet in no encoding": ("orang.csv", b"nip;nama\n\x81\x8d\x8f;x\x00\n"),
    "a name that climbs": ("../../../etc/passwd", b"nip;nama\n"),
    "a name that is none": ("\u202e.csv" + "x" * 300, b"nip;nama\n"),
}


@pytest.mark.parametrize("which", FILES)
def test_a_file_of_the_wrong_sort_gets_a_sentence(walker: Walker, which: str) -> None:
    name, content = FILES[which]
    wrong, tried = [], 0
    for door in forms():
        body = body_of(walker, door)
        fields = [field for field, value in body.items() if hasattr(value, "read")]
        if not fields:
            continue
        tried += 1
        answer = send(walker, door, {**body, **{field: SimpleUploadedFile(name, content) for field in fields}})
        wrong += broken([answer])
        if which in {"nothing at all", "a PDF called a sheet", "a page called a sheet", "a program", "half a ZIP"}:
            if answer.status in {201, 202, 302}:
                wrong.append(f"{door.name} took {which}")
            elif answer.is_page and "data-invalid" not in answer.text and "aria-invalid" not in answer.text:
                wrong.append(f"{door.name} says nothing beside the field about {which}")
    assert tried
    assert not wrong, told(wrong)


@pytest.mark.parametrize("nasty", NASTY, ids=lambda text: repr(text[:6]))
def test_nonsense_behind_the_question_mark_breaks_no_page(walker: Walker, nasty: str) -> None:
    wrong = []
    for door in known():
        if door.get is None or not door.who_comes:
            continue
        thing = {key: value for key, value in door.thing(walker.world.own).items() if not key.startswith("?")}
        with transaction.atomic():
            client = walker.fresh(door.who_comes)
            for asked in (
                QUESTIONS,
                [one for one in QUESTIONS if one not in {"agency", "unit", "year", "day", "limit"}],
            ):
                answer = client.get(door.path(thing), dict.fromkeys(asked, nasty))
                if answer.status_code >= 500:
                    wrong.append(f"{door.name} → {answer.status_code}")
            transaction.set_rollback(True)
    assert not wrong, told(wrong)


def test_numbers_that_no_row_can_have_are_simply_not_found(walker: Walker) -> None:
    wrong = []
    for door in known():
        if door.at is None or door.get is None or not door.who_comes or door.is_public:
            continue
        thing = door.at(walker.world.own)
        huge = {key: 10**30 if isinstance(value, int) else value for key, value in thing.items()}
        if huge == thing:
            continue
        answer = walker.ask(door, door.who_comes, "missing", huge)
        if answer.status not in {403, 404}:
            wrong.append(str(answer))
    assert not wrong, told(wrong)


def test_a_session_that_ended_in_the_middle_of_a_form_leads_back_to_it(walker: Walker) -> None:
    """Signed out meanwhile: sent to sign in, and from there back to the page with the form, never to an error."""
    wrong = []
    for door in forms():
        if door.is_api or door.is_public or door.lets_in("nobody", "own", "POST"):
            continue
        answer = walker.ask(door, "nobody", "own", door.thing(walker.world.own), "POST", body_of(walker, door))
        if answer.status != 302 or "/accounts/login/?next=" not in answer.headers.get("Location", ""):
            wrong.append(f"{answer} {answer.headers.get('Location')}")
    assert not wrong, told(wrong)


def test_a_number_typed_with_spaces_is_understood(walker: Walker) -> None:
    table = doors()
    for name in ("office-person-new", "office-person-number"):
        body = body_of(walker, table[name])
        number = body["nip"]
        spaced = f" {number[:8]} {number[8:14]} {number[14]} {number[15:]} "
        assert send(walker, table[name], {**body, "nip": spaced}).status == 302, name


def test_an_old_page_whose_token_is_over_says_what_to_do() -> None:
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "<h1" in answer.content.decode()


def test_the_world_is_not_empty(walker: Walker) -> None:
    assert isinstance(walker.world, World)
    assert len(forms()) > 40
