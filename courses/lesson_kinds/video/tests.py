"""Video lessons."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from asn_lms.lib.refusals import Refusal
from courses.files.models import MediaFile
from courses.files.videos import ffmpeg
from courses.lesson_kinds import Unreadable
from courses.lesson_kinds.video.captions import parse
from courses.lesson_kinds.video.kind import Video, VideoState, kind
from courses.lesson_kinds.video.watched import Watched
from courses.structure.models import Lesson
from tests import make

NOON = datetime(2026, 3, 5, 5, tzinfo=UTC)
AT = int(NOON.timestamp() * 1000)
TEN_MINUTES = Video(seconds=600, required_percent=90)
VTT = (
    "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Rina>Selamat pagi.</v>\n\n00:01.000 --> 00:02.000\nAda yang bisa dibantu?\n"
)


def watch(watched: str, state: VideoState | None = None, content: Video = TEN_MINUTES, **more: Any) -> Any:
    return kind.receive(
        content, state or kind.open(content, rng=Random(1), now=NOON), {"watched": watched, **more}, NOON
    )


def test_skipping_to_the_end_is_not_watching() -> None:
    assert not watch("590-600").finished


def test_parts_that_were_watched_in_any_order_count_together() -> None:
    state = watch("300-600").state
    outcome = watch("0-250", state)
    assert outcome.finished


def test_watching_the_same_part_twice_counts_once() -> None:
    state = watch("0-300").state
    outcome = watch("0-300,100-250", state)
    assert outcome.state.watched.seconds == 300
    assert not outcome.finished


def test_the_position_is_kept_to_the_second_and_an_older_one_changes_nothing() -> None:
    state = watch("0-252.4", position="252.4", at=AT - 10).state
    assert state.position == 252.4
    assert kind.place(TEN_MINUTES, state) == "04.12"
    assert watch("", state, position="3", at=AT - 900).state.position == 252.4
    assert kind.state_from_json(kind.state_to_json(state)) == state


def test_after_the_end_it_begins_anew() -> None:
    state = watch("0-600", position="599.5").state
    assert kind.learn_context(TEN_MINUTES, state)["start"] == 0


def test_what_lies_behind_the_end_does_not_count() -> None:
    assert watch("500-9999").state.watched.seconds == 100


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"watched": "abc"},
        {"watched": "10-5"},
        {"watched": "-5-10"},
        {"watched": "0-1e3"},
        {"watched": "0-nan"},
        {"watched": ",".join(["0-1"] * 3000)},
        {"position": "nan"},
        {"position": "-1"},
        {"watched": "0-1", "at": "x"},
    ],
)
def test_what_makes_no_sense_changes_nothing(data: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        kind.receive(TEN_MINUTES, VideoState(), data, NOON)


def test_a_film_that_nobody_uploaded_is_never_finished() -> None:
    assert not watch("0-10", content=Video()).finished


spans = st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 6000)), max_size=20)


@given(spans, spans)
def test_a_union_counts_each_tenth_of_a_second_once(one: list[tuple[int, int]], two: list[tuple[int, int]]) -> None:
    union = Watched.of(one) | Watched.of(two)
    tenths = {tenth for start, end in (*one, *two) for tenth in range(start, end)}
    assert union.seconds == pytest.approx(len(tenths) / 10)
    assert list(union.spans) == sorted(union.spans)
    assert all(a[1] < b[0] for a, b in zip(union.spans, union.spans[1:], strict=False))


@given(spans)
def test_a_union_is_written_and_read_back_unchanged(one: list[tuple[int, int]]) -> None:
    union = Watched.of(one)
    assert Watched.parse(str(union), seconds=600) == union
    assert union | union == union


def test_captions_are_read_with_their_times_and_without_markup() -> None:
    cues = parse(VTT.encode())[1]
    assert [(one.start, one.end, one.text) for one in cues] == [
        (0, 1, "Selamat pagi."),
        (1, 2, "Ada yang bisa dibantu?"),
    ]
    hours = parse(
        b"\xef\xbb\xbfWEBVTT - judul\r\n\r\nNOTE catatan\r\n\r\n1\r\n01:00:00.500 --> 01:00:02.000 line:0\r\nHai\r\n"
    )
    assert hours[1][0].start == 3600.5


@pytest.mark.parametrize(
    "data",
    [
        b"1\n00:00:01,000 --> 00:00:02,000\nSRT",
        b"WEBVTT\n\n",
        b"WEBVTT\n\n00:05.000 --> 00:01.000\nx",
        b"WEBVTT\n\n0:5 --> 0:6\nx",
        b"WEBVTT\n\n00:00.000 --> 00:01.000\n\xff\xfe",
    ],
)
def test_captions_that_no_player_can_read_are_refused(data: bytes) -> None:
    with pytest.raises(Refusal):
        parse(data)


# --- authoring ---


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    subprocess.run(
        [
            *(ffmpeg(), "-y", "-f", "lavfi", "-i", "testsrc=size=320x180:rate=10:duration=3"),
            *("-pix_fmt", "yuv420p", "-c:v", "libx264", "-movflags", "+faststart", str(path)),
        ],
        check=True,
        capture_output=True,
    )
    return path.read_bytes()


@pytest.fixture
def lesson(db: None) -> Lesson:
    return make.version(lessons=1, kind="video", published=False).lessons.get()


def save(lesson: Lesson, film: bytes, **files: bytes) -> Any:
    uploads = {"video": SimpleUploadedFile("Salam di loket.mp4", film)} if film else {}
    uploads |= {name: SimpleUploadedFile(f"{name}.vtt", data) for name, data in files.items()}
    form = kind.author_form(lesson, {"transcript": "Selamat pagi.", "required_percent": "80"}, uploads)
    if form.is_valid():
        form.save(by=None)
    return form


def test_a_film_with_captions_is_ready_and_shown_with_its_size_before_it_loads(lesson: Lesson, film: bytes) -> None:
    assert kind.problems(kind.load(lesson))
    save(lesson, film, captions_id=VTT.encode())
    content = kind.load(lesson)
    assert kind.problems(content) == []
    assert content.seconds == pytest.approx(3, abs=0.2)
    assert content.required_percent == 80
    page = render_to_string(
        "video/learn.html", {**kind.learn_context(content, None), "lesson": lesson, "input_url": "/x/"}
    )
    assert "<video" not in page
    assert "Ada yang bisa dibantu?" in page


def test_a_film_that_is_still_being_converted_stands_against_publishing(lesson: Lesson, film: bytes) -> None:
    save(lesson, film, captions_id=VTT.encode())
    MediaFile.objects.update(state=MediaFile.State.CONVERTING)
    assert len(kind.problems(kind.load(lesson))) == 1


@pytest.mark.parametrize("content", [b"", b"bukan video", b"\x00\x00\x00\x18ftypmp42" + b"x" * 64])
def test_what_is_no_film_is_refused_in_a_sentence(lesson: Lesson, content: bytes) -> None:
    form = kind.author_form(lesson, {"required_percent": "90"}, {"video": SimpleUploadedFile("film.mp4", content)})
    if form.is_valid():  # a film by its first bytes: only reading it shows that it is none
        with pytest.raises(Refusal) as refused:
            form.save(by=None)
        assert refused.value.field == "video"
    assert kind.load(lesson).media is None


def test_broken_captions_are_refused_beside_their_field(lesson: Lesson, film: bytes) -> None:
    assert "captions_id" in save(lesson, film, captions_id=b"WEBVTT\n\nkosong").errors


def test_new_captions_take_the_place_of_the_old(lesson: Lesson, film: bytes) -> None:
    save(lesson, film, captions_id=VTT.encode())
    save(lesson, b"", captions_id=VTT.replace("pagi", "siang").encode())
    (captions,) = kind.load(lesson).captions
    assert "siang" in captions.text
    assert kind.load(lesson).media is not None


def test_a_package_carries_a_film_there_and_back_byte_for_byte(lesson: Lesson, film: bytes, tmp_path: Path) -> None:
    save(lesson, film, captions_id=VTT.encode(), captions_en=VTT.encode())
    values, files = kind.pack(kind.load(lesson))
    first = {name: file.read() for name, file in files.items()}
    for name, data in first.items():
        (tmp_path / name).write_bytes(data)
    assert values["captions"] == {"id": "captions.id.vtt", "en": "captions.en.vtt"}
    twin = Lesson.objects.create(
        version=lesson.version, module=lesson.module, uid=uuid4(), position=9, kind="video", title="Lain"
    )
    again = kind.pack(kind.unpack(twin, values, {name: tmp_path / name for name in first}, by=None))
    assert again[0] == values
    assert {name: file.read() for name, file in again[1].items()} == first
    third = Lesson.objects.create(
        version=lesson.version, module=lesson.module, uid=uuid4(), position=10, kind="video", title="Lagi"
    )
    assert len(kind.copy(kind.load(twin), to=third).captions) == 2


def test_a_film_weighs_only_once_it_is_ready_and_its_text_comes_with_the_page(lesson: Lesson, film: bytes) -> None:
    save(lesson, film, captions_id=VTT.encode())
    content = kind.load(lesson)
    assert content.media
    weight = kind.weight(content)
    assert weight.medium == content.media.size + content.captions[0].media.size
    assert 0 < weight.page < 300
    assert weight.light == 0
    MediaFile.objects.update(state=MediaFile.State.CONVERTING)
    assert kind.weight(kind.load(lesson)).medium == 0


def test_before_a_film_loads_both_versions_are_offered_with_size_and_price(lesson: Lesson, film: bytes) -> None:
    save(lesson, film, captions_id=VTT.encode())
    media = MediaFile.objects.get(content_type="video/mp4")
    MediaFile.objects.filter(pk=media.pk).update(size=12 * 1024**2, light="x.mp4", light_size=4 * 1024**2)
    context = {**kind.learn_context(kind.load(lesson), None), "lesson": lesson, "input_url": "/x/"}
    page = render_to_string("video/learn.html", context)
    for said in ("12 MB", "Rp 120", "4 MB", "Rp 40", "?light"):
        assert said in page
