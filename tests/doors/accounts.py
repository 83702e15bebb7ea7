"""accounts: coming in, what belongs to oneself, people, units, roles, long work, history, messages."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests import make
from tests.doors import OFFICE, Door, room
from tests.world import SHEET, Side


def _unit(side: Side) -> dict[str, Any]:
    return {"agency_id": side.agency.pk}


def _notice(side: Side) -> dict[str, Any]:
    return {"pk": side.notice.pk}


def _wrong_code(side: Side) -> dict[str, Any]:
    return {"nip": side.learner.nip, "code": "ABCD-EFGH", "password": "hujan-pagi-di-medan"}


def _below(side: Side) -> dict[str, Any]:
    return {"agency_id": side.spare.pk}


def _shut(side: Side) -> dict[str, Any]:
    return {"agency_id": side.shut.pk}


def _person(side: Side) -> dict[str, Any]:
    return {"person_id": side.learner.pk}


def _absence(side: Side) -> dict[str, Any]:
    return {"absence_id": side.absence.pk}


def _away(year: int) -> Callable[[Side], dict[str, Any]]:
    return lambda side: {
        "kind": "sakit",
        "from_on": f"{year}-02-02",
        "until_on": f"{year}-08-31",
        "decree": "SK 1/2026",
    }


def _leaver(side: Side) -> dict[str, Any]:
    return {"person_id": side.leaver.pk}


def _check(side: Side) -> dict[str, Any]:
    return {"uid": side.check.uid}


def _profile(side: Side) -> dict[str, Any]:
    return {"name": "Nama Baru", "email": side.learner.email, "post_kind": "pelaksana", "sex": "1"}


def _service(side: Side) -> dict[str, Any]:
    return {"agency": side.spare.code, "post": "Arsiparis", "employment": "pns", "from_on": "2026-02-02"}


def _new_person(side: Side) -> dict[str, Any]:
    return {**_profile(side), **_service(side), "email": "baru@contoh.go.id", "nip": "198802022012021987"}


def _sheet(side: Side) -> dict[str, Any]:
    return {"kind": "people", "file": SimpleUploadedFile("orang.csv", SHEET)}


def _photo(side: Side) -> dict[str, Any]:
    return {"photo": SimpleUploadedFile("foto.png", make.picture())}


def _last_day(side: Side) -> dict[str, Any]:
    return {"until_on": date.today().isoformat()}


def _role(side: Side) -> dict[str, Any]:
    return {
        "person": side.learner.email,
        "role": "trainer",
        "agency": side.spare.code,
        "basis": "definitive",
        "from_on": "2026-02-02",
    }


DOORS = [
    Door("privacy", "everybody"),
    Door("privacy-read", "signed-in", post=302),
    Door("activation", "nobody signed-in:302", post=422, body=_wrong_code, is_kept=False),
    Door("activation-sheet", OFFICE, at=_unit, post=200, may_double=True),
    Door("my-data", "signed-in"),
    Door("my-portrait", "signed-in", post=302, body=_photo),
    Door("my-portrait-remove", "signed-in", get=None, post=302),
    Door("portrait", f"learner {OFFICE}", at=lambda side: {"uid": side.portrait.uid}),
    Door("preferences", "signed-in", post=302, body=lambda side: {"wants_mail": "on", "language": "id"}),
    Door("language", "everybody", get=None, post=302, body=lambda side: {"language": "en"}),
    Door("tokens", "signed-in", post=200, body=lambda side: {"name": "Dasbor", "days": "30"}, may_double=True),
    Door("token-end", "learner", at=lambda side: {"token_id": side.token.pk}, get=None, post=302),
    # Messages
    Door("inbox", "signed-in"),
    Door("inbox-read", "signed-in", get=None, post=302, body=lambda side: {"up_to": "999999999"}),
    Door("inbox-open", "learner", at=_notice, get=None, post=302),
    # People
    room("office-people", OFFICE, post=302, body=lambda side: {"q": "Budi"}),
    room("office-person-new", OFFICE, post=302, body=_new_person),
    room("office-person", OFFICE, at=_person),
    room("office-person-edit", OFFICE, at=_person, post=302, body=_profile),
    room(
        "office-person-number",
        OFFICE,
        at=_person,
        post=302,
        body=lambda side: {"nip": "198802022012021986", "from_on": "2026-02-02"},
        spoils=True,
    ),
    room("office-person-transfer", OFFICE, at=_person, post=302, body=_service, spoils=True),
    room(
        "office-person-deactivate",
        OFFICE,
        at=_person,
        get=None,
        post=302,
        body=lambda side: {"reason": "Pensiun"},
        spoils=True,
    ),
    room("office-absence-new", OFFICE, at=_person, post=302, body=_away(2026)),
    room("office-absence", OFFICE, at=_absence, post=302, body=_away(2023)),
    room("office-absence-remove", OFFICE, at=_absence, get=None, post=302, spoils=True),
    room("office-person-reactivate", OFFICE, at=_leaver, get=None, post=302),
    room("office-imports", OFFICE, post=302, body=_sheet, may_double=True),
    room("office-import-blank", OFFICE, at=lambda side: {"kind": "people"}),
    room("office-import", "officer admin:404", at=_check),
    room("office-import-confirm", "officer admin:404", at=_check, get=None, post=302),
    # Units
    room("office-agencies", OFFICE),
    room("office-agency-options", OFFICE),
    room(
        "office-agency-new",
        OFFICE,
        post=302,
        body=lambda side: {
            "parent": side.spare.code,
            "name": "Seksi Baru",
            "code": "SEKSI-BARU",
            "kind": "unit",
            "zone": "Asia/Jakarta",
        },
    ),
    room("office-agency", OFFICE, at=_unit),
    room(
        "office-agency-edit",
        OFFICE,
        at=_below,
        spoils=True,
        post=302,
        body=lambda side: {"name": "Seksi Lain", "code": "SEKSI-LAIN", "kind": "unit", "zone": "Asia/Jakarta"},
    ),
    room("office-agency-move", OFFICE, at=_below, post=200, body=lambda side: {"parent": side.shut.code}),
    room("office-agency-close", OFFICE, at=_below, get=None, post=302, spoils=True),
    room("office-agency-open", OFFICE, at=_shut, get=None, post=302),
    # Roles
    room("office-roles", OFFICE),
    room("office-role-new", OFFICE, post=302, body=_role),
    room("office-role-end", OFFICE, at=lambda side: {"grant_id": side.grant.pk}, post=302, body=_last_day, spoils=True),
    # Long work, and history
    Door("jobs", "signed-in"),
    Door("job", "officer", at=lambda side: {"uid": side.job.uid}),
    Door("job-file", "officer", at=lambda side: {"uid": side.job.uid}),
    Door("job-cancel", "officer", at=lambda side: {"uid": side.going.uid}, get=None, post=302),
    Door("job-retry", "officer", at=lambda side: {"uid": side.broken.uid}, get=None, post=302),
    room("office-audit", OFFICE),
]
