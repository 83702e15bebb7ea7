"""courses: files, the author's desk, review and publication, packages."""

from typing import Any

from courses.structure.models import CourseVersion
from tests.doors import DESK, OFFICE, Door, room
from tests.world import Side


def _code(version: str) -> Any:
    def at(side: Side) -> dict[str, Any]:
        found: CourseVersion = getattr(side, version)
        return {"code": found.course.code}

    return at


def _module(side: Side) -> dict[str, Any]:
    return {**_code("draft")(side), "pk": side.module.pk}


def _lesson(side: Side) -> dict[str, Any]:
    return {**_code("draft")(side), "uid": side.lesson.uid}


def _comment(side: Side) -> dict[str, Any]:
    return {**_code("draft")(side), "pk": side.comment.pk}


def _preview(side: Side) -> dict[str, Any]:
    return {**_code("draft")(side), "number": side.draft.number}


def _preview_lesson(side: Side) -> dict[str, Any]:
    return {**_preview(side), "uid": side.lesson.uid}


def _package(side: Side) -> dict[str, Any]:
    return {"uid": side.job.uid}


def _media(side: Side) -> dict[str, Any]:
    from courses.files.links import signed_path

    _files, token, name = signed_path(side.media).strip("/").split("/")
    return {"token": token, "name": name}


def _details(side: Side) -> dict[str, Any]:
    return {
        "title": "Judul baru",
        "jp": "2",
        "certificate_kind": "sertifikat",
        "pass_mark": "70",
        "motif": "sun",
        "language": "id",
        "organiser": side.organiser.pk,
    }


def _lesson_form(side: Side) -> dict[str, Any]:
    return {"lesson-title": "Materi", "lesson-minutes": "9", "lesson-module": side.module.pk, "body": "Isi baru."}


def _mobile_data(side: Side) -> dict[str, Any]:
    return {"rupiah_per_mb": "7", "kilobits_per_second": "400", "heavy_mb": "15", "basis": "Paket 1 GB"}


DOORS = [
    Door("media", "everybody", at=_media, sister="everybody", foreign="everybody", is_public=True),
    # /office/mobile-data/
    room("office-mobile-data", "admin", post=302, body=_mobile_data),
    # /office/courses/
    Door("office-courses", OFFICE),
    Door(
        "course-new",
        OFFICE,
        post=302,
        body=lambda side: {"title": "Kursus baru", "organiser": side.organiser.pk},
        may_double=True,
    ),
    Door("office-course", OFFICE, at=_code("draft")),
    Door("course-draft", OFFICE, at=_code("published"), get=None, post=302, spoils=True),
    Door("course-discard", OFFICE, at=_code("draft"), get=None, post=302, spoils=True),
    Door("course-details", OFFICE, at=_code("draft"), post=302, body=_details),
    Door("course-outline", OFFICE, at=_code("draft")),
    Door("course-check", OFFICE, at=_code("draft")),
    Door("course-reorder", OFFICE, at=_code("draft"), get=None, post=204),
    Door(
        "course-module-add",
        OFFICE,
        at=_code("draft"),
        get=None,
        post=302,
        body=lambda side: {"title": "Modul baru", "jp": "1"},
        may_double=True,
    ),
    Door("course-module", OFFICE, at=_module, post=302, body=lambda side: {"title": "Modul lain", "jp": "1,5"}),
    Door("course-module-move", OFFICE, at=_module, get=None, post=302, body=lambda side: {"move": "up"}),
    Door("course-module-delete", OFFICE, at=_module, get=None, post=302, spoils=True),
    Door(
        "course-lesson-new",
        OFFICE,
        at=_module,
        post=302,
        body=lambda side: {"title": "Materi baru", "kind": "quiz"},
        may_double=True,
    ),
    Door("course-lesson", OFFICE, at=_lesson, post=302, body=_lesson_form),
    Door("course-lesson-move", OFFICE, at=_lesson, get=None, post=302, body=lambda side: {"move": "down"}),
    Door("course-lesson-delete", OFFICE, at=_lesson, get=None, post=302, spoils=True),
    Door("course-preview", DESK, at=_preview),
    Door("course-preview-lesson", DESK, at=_preview_lesson),
    # Review and publication
    Door("office-reviews", "reviewer"),
    Door("course-review", DESK, at=_code("draft")),
    Door("course-changes", DESK, at=_code("draft")),
    Door(
        "course-submit",
        OFFICE,
        at=_code("ready"),
        get=None,
        post=302,
        body=lambda side: {"reviewer": side.draft.reviewer_id, "message": "Mohon ditelaah."},
        spoils=True,
    ),
    Door("course-withdraw", OFFICE, at=_code("reviewing"), get=None, post=302, spoils=True),
    Door(
        "course-comment",
        DESK,
        at=_code("draft"),
        get=None,
        post=302,
        body=lambda side: {"text": "Bagus.", "lesson": side.lesson.uid},
        may_double=True,
    ),
    Door(
        "course-comment-reply",
        DESK,
        at=_comment,
        get=None,
        post=302,
        body=lambda side: {"text": "Sudah."},
        may_double=True,
    ),
    Door("course-comment-done", DESK, at=_comment, get=None, post=302),
    Door(
        "course-decide",
        DESK,
        poster="reviewer officer:200 admin:200",
        at=_code("reviewing"),
        get=None,
        post=302,
        body=lambda side: {"decision": "return", "text": "Tambah satu kuis."},
        spoils=True,
    ),
    Door(
        "course-publish",
        OFFICE,
        at=_code("approved"),
        get=None,
        post=302,
        body=lambda side: {"when": "now"},
        spoils=True,
    ),
    Door("course-retire", OFFICE, at=_code("published"), get=None, post=302, spoils=True),
    # Packages
    Door("course-import", OFFICE, post=200),
    Door("course-export", OFFICE, at=_code("published"), get=None, post=302, may_double=True),
    Door("course-package", "officer", at=_package),
    Door("course-package-file", "officer", at=_package),
    # Accreditations
    room("office-accreditations", OFFICE, post=200),
    room(
        "office-accreditation-end",
        OFFICE,
        at=lambda side: {"pk": side.accreditation.pk},
        get=None,
        post=302,
        body=lambda side: {"on": "2026-12-31"},
    ),
]
