"""Document lessons."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from pypdf import PdfWriter

from courses.lesson_kinds import Unreadable
from courses.lesson_kinds.document.kind import Document, DocumentState, kind
from courses.structure.models import Lesson
from tests import make

NOON = datetime(2026, 3, 5, 5, tzinfo=UTC)
AT = int(NOON.timestamp() * 1000)
GUIDE = Document(pages=12)


def pdf(pages: int = 4) -> SimpleUploadedFile:
    out, writer = BytesIO(), PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(595, 842)
    writer.write(out)
    return SimpleUploadedFile("Pedoman layanan.pdf", out.getvalue())


def test_the_page_is_remembered() -> None:
    state = kind.receive(GUIDE, kind.open(GUIDE, rng=Random(1), now=NOON), {"page": "7"}, NOON).state
    assert kind.learn_context(GUIDE, state)["at_page"] == 7
    assert kind.place(GUIDE, state)
    assert kind.state_from_json(kind.state_to_json(state)) == state


def test_an_older_page_does_not_take_the_place_of_a_newer_one() -> None:
    state = kind.receive(GUIDE, DocumentState(), {"page": 7, "at": AT - 10}, NOON).state
    assert kind.receive(GUIDE, state, {"page": 3, "at": AT - 500}, NOON).state.page == 7


def test_reading_ends_when_the_reader_says_so_and_stays_ended() -> None:
    outcome = kind.receive(GUIDE, DocumentState(page=3), {"done": "1"}, NOON)
    assert outcome.finished
    assert outcome.state.page == 3
    assert kind.receive(GUIDE, outcome.state, {"page": 4}, NOON).state.is_done


@pytest.mark.parametrize("data", [{}, {"page": "x"}, {"page": 0}, {"page": 13}, {"page": None}])
def test_what_makes_no_sense_changes_nothing(data: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        kind.receive(GUIDE, DocumentState(), data, NOON)


@pytest.fixture
def lesson(db: None) -> Lesson:
    return make.version(lessons=1, kind="document", published=False).lessons.get()


def upload(lesson: Lesson, file: SimpleUploadedFile) -> Any:
    form = kind.author_form(lesson, {}, {"file": file})
    if form.is_valid():
        form.save(by=None)
    return form


def test_a_document_is_uploaded_counted_and_shown_with_its_size(lesson: Lesson) -> None:
    assert kind.problems(kind.load(lesson))
    upload(lesson, pdf(4))
    content = kind.load(lesson)
    assert content.pages == 4
    assert kind.problems(content) == []
    page = render_to_string("document/learn.html", {**kind.learn_context(content, None), "lesson": lesson})
    assert "Pedoman-layanan.pdf" in page
    assert "/files/" in page


@pytest.mark.parametrize("content", [b"", b"bukan pdf", b"%PDF-1.4 rusak"])
def test_what_is_no_pdf_is_refused_beside_the_field(lesson: Lesson, content: bytes) -> None:
    assert "file" in upload(lesson, SimpleUploadedFile("a.pdf", content)).errors
    assert kind.load(lesson).media is None


def test_saving_without_a_new_file_keeps_the_old_one(lesson: Lesson) -> None:
    upload(lesson, pdf(4))
    form = kind.author_form(lesson, {}, {})
    assert form.is_valid()
    form.save(by=None)
    assert kind.load(lesson).pages == 4


def test_a_package_carries_a_document_there_and_back_and_a_copy_has_the_same(lesson: Lesson, tmp_path: Path) -> None:
    upload(lesson, pdf(2))
    values, files = kind.pack(kind.load(lesson))
    name = values["file"]
    data = files[name].read()
    (tmp_path / name).write_bytes(data)
    twin = Lesson.objects.create(
        version=lesson.version, module=lesson.module, uid=uuid4(), position=9, kind="document", title="Lain"
    )
    content = kind.unpack(twin, values, {name: tmp_path / name}, by=None)
    assert kind.pack(content)[0] == values
    assert kind.pack(content)[1][name].read() == data


def test_a_document_weighs_nothing_before_it_is_opened(lesson: Lesson) -> None:
    upload(lesson, pdf())
    content = kind.load(lesson)
    assert content.media
    assert (kind.weight(content).page, kind.weight(content).medium) == (0, content.media.size)
    assert kind.weight(Document()).total == 0
