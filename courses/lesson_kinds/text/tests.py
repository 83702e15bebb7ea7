"""Text lessons."""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from PIL import Image

from courses.lesson_kinds import Unreadable
from courses.lesson_kinds.text.kind import Text, TextState, kind
from courses.lesson_kinds.text.models import TextContent, TextPicture
from courses.structure.models import Lesson
from tests import make

NOON = datetime(2026, 3, 5, 5, tzinfo=UTC)
TEXT = Text("# Tiga kalimat\n\nWarga perlu tahu **apa** yang harus dilakukan.")


def photo(*, size: tuple[int, int] = (2400, 1200)) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG", exif=Image.Exif())
    return SimpleUploadedFile("Foto loket.JPG", out.getvalue(), "image/jpeg")


def test_reading_ends_when_the_reader_says_so() -> None:
    state = kind.open(TEXT, rng=Random(1), now=NOON)
    assert not state.is_done
    outcome = kind.receive(TEXT, state, {"done": "1"}, NOON)
    assert outcome.finished
    assert not outcome.is_over
    assert kind.state_from_json(kind.state_to_json(outcome.state)) == TextState(is_done=True)


def test_an_input_that_says_nothing_changes_nothing() -> None:
    with pytest.raises(Unreadable):
        kind.receive(TEXT, TextState(), {"answer": "x"}, NOON)


def test_the_learner_sees_the_text_below_the_lesson_s_own_heading() -> None:
    html = str(kind.learn_context(TEXT, None)["html"])
    assert "<h2>Tiga kalimat</h2>" in html
    assert "<strong>apa</strong>" in html


def test_an_empty_text_stands_against_publishing() -> None:
    assert kind.problems(Text("  \n"))
    assert not kind.problems(TEXT)


def test_a_picture_that_nobody_uploaded_stands_against_publishing() -> None:
    assert len(kind.problems(Text("![Loket](loket.webp)"))) == 1


@pytest.fixture
def lesson(db: None) -> Lesson:
    return make.version(lessons=1, published=False).lessons.get()


def save(lesson: Lesson, data: dict[str, str], picture: SimpleUploadedFile | None = None) -> None:
    form = kind.author_form(lesson, data, {"picture": picture} if picture else {})
    assert form.is_valid(), form.errors
    form.save(by=None)


def test_a_picture_lands_where_the_cursor_stood_and_is_made_light(lesson: Lesson) -> None:
    save(lesson, {"body": "Satu.\r\n\r\nDua.", "alt": "Loket [pagi]", "at": "5"}, photo())
    content = kind.load(lesson)
    assert content.body == "Satu.\n\n![Loket (pagi)](Foto-loket.webp)\n\nDua."
    (picture,) = content.pictures
    assert (picture.media.width, picture.media.height) == (1600, 800)
    assert picture.media.content_type == "image/webp"
    html = str(kind.learn_context(content, None)["html"])
    assert 'alt="Loket (pagi)"' in html
    assert 'width="1600"' in html


def test_two_pictures_of_one_name_are_kept_apart(lesson: Lesson) -> None:
    save(lesson, {"body": "Satu.", "alt": "A"}, photo())
    save(lesson, {"body": kind.load(lesson).body, "alt": "B"}, photo(size=(30, 20)))
    assert [one.name for one in kind.load(lesson).pictures] == ["Foto-loket.webp", "Foto-loket-2.webp"]


def test_a_picture_without_a_description_is_refused_beside_its_field_and_the_text_is_kept(lesson: Lesson) -> None:
    form = kind.author_form(lesson, {"body": "Yang sudah saya tulis"}, {"picture": photo()})
    assert not form.is_valid()
    assert "alt" in form.errors
    assert form["body"].value() == "Yang sudah saya tulis"


def test_what_only_calls_itself_a_picture_is_refused(lesson: Lesson) -> None:
    svg = SimpleUploadedFile("foto.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/png")
    form = kind.author_form(lesson, {"body": "", "alt": "x"}, {"picture": svg})
    assert not form.is_valid()
    assert "picture" in form.errors


def test_a_picture_that_the_text_no_longer_shows_is_let_go(lesson: Lesson) -> None:
    save(lesson, {"body": "Satu.", "alt": "A"}, photo())
    save(lesson, {"body": "Satu."})
    assert not TextPicture.objects.filter(lesson=lesson).exists()


def test_html_is_taken_out_before_the_text_is_stored(lesson: Lesson) -> None:
    save(lesson, {"body": "Halo <img src=x onerror=alert(1)><script>alert(1)</script> dunia"})
    stored = TextContent.objects.get(lesson=lesson).body
    assert "<" not in stored
    assert "dunia" in stored


@pytest.mark.django_db
def test_a_published_text_never_changes() -> None:
    published = make.version(lessons=1).lessons.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        TextContent.objects.filter(lesson=published).update(body="lain")


def test_the_next_version_begins_with_the_same_text_and_pictures(lesson: Lesson) -> None:
    save(lesson, {"body": "Satu.", "alt": "A"}, photo())
    twin = sibling(lesson)
    copied = kind.copy(kind.load(lesson), to=twin)
    assert copied.body == kind.load(lesson).body
    assert [one.name for one in copied.pictures] == ["Foto-loket.webp"]


def test_a_package_carries_a_text_there_and_back_byte_for_byte(lesson: Lesson, tmp_path: Path) -> None:
    save(lesson, {"body": "# Satu\n\n| A | B |\n|---|---|\n| 1 | 2 |", "alt": "Loket"}, photo())
    values, files = kind.pack(kind.load(lesson))
    first = {name: file.read() for name, file in files.items()}
    for name, data in first.items():
        (tmp_path / name).write_bytes(data)
    twin = sibling(lesson)
    kind.unpack(twin, values, {name: tmp_path / name for name in first}, by=None)
    values_again, files_again = kind.pack(kind.load(twin))
    assert values_again == values
    assert {name: file.read() for name, file in files_again.items()} == first


def sibling(lesson: Lesson) -> Lesson:
    """Another lesson of the same draft, still without content."""
    return Lesson.objects.create(
        version=lesson.version, module=lesson.module, uid=uuid4(), position=99, kind=lesson.kind, title="Lain"
    )


def test_a_text_weighs_its_words_and_the_narrow_version_of_the_pictures_that_it_shows(lesson: Lesson) -> None:
    plain = kind.weight(kind.load(lesson))
    save(lesson, {"body": "Satu.", "alt": "Loket"}, photo())
    (picture,) = (content := kind.load(lesson)).pictures
    assert picture.media.light_size < picture.media.size
    assert kind.weight(content).page - picture.media.light_size < 100
    assert kind.weight(content).medium == plain.page == plain.medium == 0


def test_a_phone_may_choose_the_narrow_version_of_a_picture(lesson: Lesson) -> None:
    save(lesson, {"body": "Satu.", "alt": "Loket"}, photo())
    html = str(kind.learn_context(kind.load(lesson), None)["html"])
    assert re.search(r'srcset="/files/[^"]+\?light 720w, /files/[^" ]+ 1600w" sizes="[^"]+"', html)
