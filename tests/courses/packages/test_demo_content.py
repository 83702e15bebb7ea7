"""What the demo packages promise, read from their folders alone."""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

DEMO = Path(__file__).parents[3] / "courses" / "packages" / "demo"
FOLDERS = sorted(path.parent for path in DEMO.glob("*/course.json"))
EXPECTED = {"MNJ-KPL": ("manajerial", "5"), "MNJ-WKT": ("manajerial", "5"), "TKN-SIM": ("teknis", "3")}
MINUTES_PER_JP = 45
KB = 1024

pytestmark = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def course(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "course.json").read_text(encoding="utf-8"))
    return found


def lessons(folder: Path, kind: str | None = None) -> list[dict[str, Any]]:
    every = [lesson for module in course(folder)["modules"] for lesson in module["lessons"]]
    return [lesson for lesson in every if kind in (None, lesson["kind"])]


def questions(folder: Path) -> list[dict[str, Any]]:
    return [question for quiz in lessons(folder, "quiz") for question in quiz["content"]["questions"]]


def body(folder: Path, lesson: dict[str, Any]) -> str:
    path: Path = folder / "lessons" / lesson["uid"] / lesson["content"]["body"]
    return path.read_text(encoding="utf-8")


def files_named(folder: Path, lesson: dict[str, Any]) -> list[str]:
    """The files that a lesson uses: those its content names, and the pictures inside its texts."""
    content = lesson["content"]
    match lesson["kind"]:
        case "text":
            return [content["body"], *re.findall(r"!\[[^\]]*\]\(([^)]+)\)", body(folder, lesson))]
        case "video":
            return [content["video"], content["transcript"], *content["captions"].values()]
        case "document":
            return [content["file"]]
    return []


def caption_times(folder: Path) -> list[tuple[float, float, str]]:
    [video] = lessons(folder, "video")
    text = (folder / "lessons" / video["uid"] / video["content"]["captions"]["id"]).read_text(encoding="utf-8")
    assert text.startswith("WEBVTT\n\n")
    found = []
    for block in text.strip().split("\n\n")[1:]:
        times, *lines = block.split("\n")
        starts, ends = (int(t[0:2]) * 3600 + int(t[3:5]) * 60 + float(t[6:]) for t in times.split(" --> "))
        found.append((starts, ends, "\n".join(lines)))
    return found


def seconds_of_mp4(data: bytes) -> float:
    """Length from the movie header (version 0): timescale and duration follow two 32-bit dates."""
    at = data.index(b"mvhd") + 4
    assert data[at] == 0
    scale, length = (int.from_bytes(data[at + k : at + k + 4], "big") for k in (12, 16))
    return length / scale


def test_the_three_courses_are_classified_as_what_they_are(folder: Path) -> None:
    found = course(folder)
    assert (found["competency"], found["training_type"]) == EXPECTED[found["code"]]
    assert (found["path"], found["language"], found["pass_mark"]) == ("NKL03", "id", "70.00")
    # A city module is not a leadership programme of the national regulator.
    assert not re.search(r"\bPK[PA]\b", json.dumps(found))


def test_course_json_is_in_its_canonical_form(folder: Path) -> None:
    text = (folder / "course.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def test_at_least_four_modules_and_twelve_lessons_of_all_five_kinds(folder: Path) -> None:
    assert len(course(folder)["modules"]) >= 4
    assert len(lessons(folder)) >= 12
    assert {lesson["kind"] for lesson in lessons(folder)} == {"text", "video", "document", "quiz", "reflection"}


def test_jp_of_the_modules_add_up_and_match_the_minutes(folder: Path) -> None:
    found = course(folder)
    jp = Decimal(found["jp"])
    assert sum(Decimal(module["jp"]) for module in found["modules"]) == jp
    minutes = sum(lesson["minutes"] for lesson in lessons(folder))
    assert abs(Decimal(minutes) / MINUTES_PER_JP - jp) <= jp * Decimal("0.15")


def test_every_uid_is_a_uuid4_and_used_once(folder: Path) -> None:
    uids = [lesson["uid"] for lesson in lessons(folder)]
    for question in questions(folder):
        uids += [question["uid"], *(option["uid"] for option in question["options"])]
    assert [uid for uid, count in Counter(uids).items() if count > 1] == []
    assert all(str(uuid.UUID(uid)) == uid and uuid.UUID(uid).version == 4 for uid in uids)


def test_every_named_file_is_there_and_no_other(folder: Path) -> None:
    named = {f"lessons/{lesson['uid']}/{name}" for lesson in lessons(folder) for name in files_named(folder, lesson)}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == named | {"course.json"}


def test_texts_are_long_enough_to_teach_and_short_enough_to_read(folder: Path) -> None:
    for lesson in lessons(folder, "text"):
        assert 350 <= len(body(folder, lesson).split()) <= 700, lesson["title"]
        assert "## Coba hari ini" in body(folder, lesson), lesson["title"]
        assert not re.search(r"^# ", body(folder, lesson), re.MULTILINE), "the page already has its first heading"


def test_every_picture_says_in_words_what_it_shows_and_is_light(folder: Path) -> None:
    pictures = [
        (lesson, alt, name)
        for lesson in lessons(folder, "text")
        for alt, name in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", body(folder, lesson))
    ]
    assert len(pictures) >= 2
    for lesson, alt, name in pictures:
        assert len(alt) >= 40, name
        data = (folder / "lessons" / lesson["uid"] / name).read_bytes()
        assert (data[:4], data[8:12]) == (b"RIFF", b"WEBP"), name
        assert len(data) <= 40 * KB, name


def test_documents_are_short_tagged_pdfs_in_indonesian_with_their_fonts(folder: Path) -> None:
    for lesson in lessons(folder, "document"):
        path = folder / "lessons" / lesson["uid"] / lesson["content"]["file"]
        assert path.stat().st_size <= 150 * KB
        reader = PdfReader(path)
        root = reader.root_object
        assert "/StructTreeRoot" in root
        assert str(root["/Lang"]) == "id"
        assert 2 <= len(reader.pages) <= 4
        assert reader.metadata is not None
        assert reader.metadata.title
        resources: list[Any] = [page["/Resources"] for page in reader.pages]
        fonts = [font.get_object() for resource in resources for font in resource["/Font"].values()]
        for font in fonts:
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert any(key.startswith("/FontFile") for key in descriptor)


def test_the_video_is_light_and_its_captions_cover_it_at_reading_speed(folder: Path) -> None:
    [video] = lessons(folder, "video")
    data = (folder / "lessons" / video["uid"] / video["content"]["video"]).read_bytes()
    assert len(data) <= 2 * KB * KB
    assert data.index(b"moov") < data.index(b"mdat"), "plays before all of it has come"
    length = seconds_of_mp4(data)
    assert 60 <= length <= 120
    cues = caption_times(folder)
    assert cues[0][0] <= 3
    assert length - 4 <= cues[-1][1] <= length
    for (_, ends, _), (starts, _, _) in pairwise(cues):
        assert ends <= starts <= ends + 1
    for starts, ends, text in cues:
        assert len(text) / (ends - starts) <= 17, text
        assert len(text.split("\n")) <= 2, text
        assert max(len(line) for line in text.split("\n")) <= 42, text


def test_the_transcript_holds_every_caption(folder: Path) -> None:
    [video] = lessons(folder, "video")
    text = (folder / "lessons" / video["uid"] / video["content"]["transcript"]).read_text(encoding="utf-8")
    assert "**Di layar:**" in text
    for _, _, caption in caption_times(folder):
        assert caption.replace("\n", " ") in text


def test_a_practice_comes_early_and_a_graded_test_last(folder: Path) -> None:
    quizzes = lessons(folder, "quiz")
    assert [quiz["content"]["graded"] for quiz in quizzes] == [False, True]
    assert any(lesson["kind"] == "quiz" for lesson in course(folder)["modules"][0]["lessons"])
    assert lessons(folder)[-1] == quizzes[-1]
    assert len(quizzes[-1]["content"]["questions"]) >= 15


def test_every_question_teaches_in_its_feedback_and_has_a_right_answer(folder: Path) -> None:
    assert {question["type"] for question in questions(folder)} == {"single", "multiple", "true_false"}
    for question in questions(folder):
        right = [option for option in question["options"] if option["correct"]]
        assert len(question["feedback"]) >= 60, question["text"]
        assert len({option["text"] for option in question["options"]}) == len(question["options"])
        if question["type"] == "multiple":
            assert 2 <= len(right) < len(question["options"])
        else:
            assert len(right) == 1
        if question["type"] == "true_false":
            assert [option["text"] for option in question["options"]] == ["Benar", "Salah"]
        else:
            assert len(question["options"]) >= 4
            assert any(option["feedback"] for option in question["options"]) or len(question["feedback"]) >= 120


def test_the_right_answer_is_not_always_in_the_same_place_nor_always_the_longest(folder: Path) -> None:
    single = [question for question in questions(folder) if question["type"] == "single"]
    places = Counter(next(i for i, o in enumerate(q["options"]) if o["correct"]) for q in single)
    assert len(places) == 4
    assert max(places.values()) <= len(single) / 2
    longest = [q for q in single if max(q["options"], key=lambda o: len(o["text"]))["correct"]]
    assert len(longest) <= len(single) / 2
    truths = {o["text"] for q in questions(folder) if q["type"] == "true_false" for o in q["options"] if o["correct"]}
    assert truths == {"Benar", "Salah"}


def test_reflections_ask_for_enough_words_to_comment_on(folder: Path) -> None:
    assert len(lessons(folder, "reflection")) >= 2
    for lesson in lessons(folder, "reflection"):
        assert lesson["content"]["min_words"] >= 30
        assert len(lesson["content"]["prompt"].split()) >= 40
