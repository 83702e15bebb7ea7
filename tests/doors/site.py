"""The site itself, and the frame of REST."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.doors import OFFICE, Door, room
from tests.world import SHEET, Side


def _course(side: Side) -> dict[str, Any]:
    return {"code": side.published.course.code}


def _check(side: Side) -> dict[str, Any]:
    return {"uid": side.check.uid}


def _place(side: Side) -> dict[str, Any]:
    return {"enrollment_id": side.enrollment.pk}


def _quiz(side: Side) -> dict[str, Any]:
    return {"enrollment_id": side.practice.pk, "uid": side.quiz.uid}


def _code(side: Side) -> dict[str, Any]:
    return {"agency": side.agency.code}


DOORS = [
    Door("healthz", "everybody", post=200),
    Door("guide", "everybody", is_alike=True),
    Door("accessibility", "everybody", is_alike=True),
    Door("theme", "everybody", get=None, post=302, body=lambda side: {"theme": "dark"}, is_kept=False),
    Door("api:openapi-json", "everybody", is_alike=True),
    Door("api:api-root", "nobody:404", closed=404),
    Door("api:me", "signed-in"),
    Door("api:certificates", "signed-in"),
    Door("api:paper", f"learner {OFFICE}", at=lambda side: {"certificate_id": side.certificate.pk}),
    Door("api:credential", f"learner {OFFICE}", at=lambda side: {"certificate_id": side.certificate.pk}),
    Door("api:courses", "signed-in"),
    Door("api:course", "signed-in", at=_course, sister="signed-in", foreign="signed-in"),
    Door("api:credits", "signed-in"),
    room("api:completion", f"head {OFFICE}", query=_code),
    room("api:people", f"head {OFFICE}", query=_code),
    room(
        "api:begin",
        OFFICE,
        get=None,
        post=202,
        body=lambda side: {"file": SimpleUploadedFile("orang.csv", SHEET)},
        may_double=True,
    ),
    room("api:one", "officer admin:404", at=_check),
    room("api:confirm", "officer admin:404", at=_check, get=None, post=202),
    Door("api:cohorts", "signed-in"),
    Door("api:enrollments", "signed-in"),
    Door("api:take_place", "signed-in", post=201, body=lambda side: {"course": side.draft.course.code}, is_json=True),
    Door("api:enrollment", f"learner head trainer {OFFICE}", at=_place),
    Door(
        "api:end",
        f"learner head:409 trainer:409 {OFFICE}",
        at=_place,
        get=None,
        post=200,
        body=lambda side: {"reason": "Mutasi"},
        is_json=True,
        spoils=True,
    ),
    Door("api:lesson", "learner", at=_quiz),
    Door("api:put_in", "learner", at=_quiz, get=None, post=200, body=lambda side: {"begin": True}, is_json=True),
]
