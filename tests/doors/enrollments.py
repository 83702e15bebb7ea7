"""enrollments: learning, certificates, reminders, reports."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.agencies.models import Agency
from courses.taxonomy.models import LearningPath, TrainingType
from enrollments.siasn.models import IndexPoint
from tests.doors import OFFICE, Door, room
from tests.enrollments.claims.fixture import pdf
from tests.enrollments.surveys.rows import fields, national
from tests.world import SHEET, Side


def _certificate(side: Side) -> dict[str, Any]:
    return {"pk": side.certificate.pk}


def _posting(side: Side) -> dict[str, Any]:
    return {"pk": side.posting.pk}


def _public(side: Side) -> dict[str, Any]:
    return {"public_id": side.certificate.public_id}


def _shared(side: Side) -> dict[str, Any]:
    return {"token": side.link.token}


def _bits(side: Side) -> dict[str, Any]:
    into = side.certificate.badge.status_list
    return {"slug": into.issuer.slug, "number": into.number}


def _issuer(side: Side) -> dict[str, Any]:
    return {"slug": side.certificate.badge.status_list.issuer.slug}


def _course(side: Side) -> dict[str, Any]:
    return {"code": side.published.course.code}


def _place(side: Side) -> dict[str, Any]:
    return {"enrollment_id": side.enrollment.pk}


def _lesson(side: Side) -> dict[str, Any]:
    return {**_place(side), "uid": side.published.lessons.order_by("position")[0].uid}


def _quiz(side: Side) -> dict[str, Any]:
    return {"enrollment_id": side.practice.pk, "uid": side.quiz.uid}


def _cohort(side: Side) -> dict[str, Any]:
    return {"cohort_id": side.cohort.pk}


def _roster(side: Side) -> dict[str, Any]:
    return {**_cohort(side), "uid": side.roster.uid}


def _view(side: Side) -> dict[str, Any]:
    return {"pk": side.view.pk}


def _unit(side: Side) -> dict[str, Any]:
    return {"agency": side.agency.pk}


def _dates(side: Side) -> dict[str, Any]:
    """A cohort can only begin where it is not over yet, whatever day this runs on."""
    today = date.today()
    ends = today + timedelta(days=60)
    return {"starts_on": today.isoformat(), "ends_on": ends.isoformat(), "seats": "40", "place": "Aula"}


def _rule(side: Side) -> dict[str, Any]:
    path = LearningPath.objects.get(code="NKL03").pk
    basis = {"basis": "hours", "legal_basis": "Keputusan contoh", "valid_from": "2090-01-01"}
    return {"path": path, "scope": "national", "jp": "1", "uplift": "0", "cap": "3,5", "cap_period": "day", **basis}


def _target(side: Side) -> dict[str, Any]:
    return {"employment": "pns", "kind": "floor", "jp": "24", "legal_basis": "Keputusan contoh", "from_year": "2090"}


def _outside(side: Side) -> dict[str, Any]:
    return {"pk": side.outside.pk}


def _outside_draft(side: Side) -> dict[str, Any]:
    return {"pk": side.outside_draft.pk}


def _stated(side: Side) -> dict[str, Any]:
    said = {"title": "Seminar SPBE", "organiser": "Bappenas", "path": "KL06", "scope": "national"}
    return {**said, "from_on": "2026-04-06", "certificate_number": "17 / SPBE"}


def _rows() -> SimpleUploadedFile:
    return SimpleUploadedFile("klaim.csv", b"nip;judul;penyelenggara;jalur;tanggal\n;Seminar;BSSN;KL06;02-03-2026\n")


def _answers(kind: str) -> Callable[[Side], dict[str, Any]]:
    def body(side: Side) -> dict[str, Any]:
        return fields(national()[kind]) | ({"step": kind} if kind == "course" else {})

    return body


def _question(side: Side) -> dict[str, Any]:
    return {"text": "Apakah waktunya cukup?", "sort": "scale", "low": "kurang", "high": "cukup"}


def _year(side: Side) -> dict[str, Any]:
    return {"book_id": Agency.objects.get_root(side.agency).pk, "year": 2001}


DOORS = [
    # Learning: the catalogue is open to every civil servant, a place only to who holds it
    Door("home", "signed-in"),
    Door("my-jp", "signed-in"),
    Door("catalogue", "signed-in"),
    Door("course", "signed-in", at=_course, sister="signed-in", foreign="signed-in"),
    Door(
        "take-place",
        "signed-in",
        at=_course,
        sister="signed-in",
        foreign="signed-in",
        get=None,
        post=302,
        body=lambda side: {"cohort": "self"},
    ),
    Door("learn", "learner", at=_place, get=302),
    Door("finished", "learner", at=lambda side: {"enrollment_id": side.done.pk}),
    Door(
        "give-back", "learner", at=_place, get=None, post=302, body=lambda side: {"reason": "Dinas luar."}, spoils=True
    ),
    Door("lesson", "learner", at=_lesson, post=302, body=lambda side: {"done": "1"}, spoils=True),
    Door("lesson#quiz", "learner", at=_quiz, post=302, body=lambda side: {"begin": "1"}),
    Door(
        "lesson#reflection",
        "learner",
        at=lambda side: {"enrollment_id": side.practice.pk, "uid": side.reflection.uid},
        post=302,
        body=lambda side: {"send": "1", "text": "Saya menyapa warga lebih dahulu."},
    ),
    Door("office-place#practice", f"trainer {OFFICE}", at=lambda side: {"enrollment_id": side.practice.pk}),
    # Certificates
    Door("certificates", "signed-in"),
    Door("certificate-pdf", f"learner {OFFICE}", at=_certificate),
    Door(
        "certificate-name",
        "learner",
        at=_certificate,
        post=302,
        body=lambda side: {"part": "name", "wish": "Rina Hasibuan"},
    ),
    Door("certificate-confirm", "learner", at=_certificate, get=None, post=302),
    Door("office-certificates", OFFICE),
    Door("office-certificate", OFFICE, at=_certificate),
    Door(
        "certificate-revoke",
        OFFICE,
        at=_certificate,
        get=None,
        post=302,
        body=lambda side: {"then": "end", "reason": "Terbit dua kali."},
        spoils=True,
    ),
    Door(
        "office-correction",
        OFFICE,
        at=lambda side: {"pk": side.correction.pk},
        post=302,
        body=lambda side: {"is_mended": "0", "answer": "Sesuai SK."},
        spoils=True,
    ),
    # The learner sees the certificate, so they are told why they may not: sent back with a sentence.
    Door("certificate-again", f"learner {OFFICE}", at=_certificate, get=None, post=302),
    Door("verify-form", "everybody", post=200, is_alike=True, is_kept=False),
    Door("verify", "everybody", at=_public, sister="everybody", foreign="everybody", post=200, is_public=True),
    Door("certificate-share", "learner", at=_certificate, post=302, body=lambda side: {"do": "make"}),
    Door("shared", "everybody", at=_shared, sister="everybody", foreign="everybody", is_public=True),
    Door("shared-pdf", "everybody", at=_shared, sister="everybody", foreign="everybody", is_public=True),
    # An official's queue: everybody has one, most are empty
    Door("signing", "signed-in"),
    Door("signing-sign", "signed-in", get=None, post=422, is_kept=False),
    Door("signing-code", "signed-in", get=None, post=302, is_kept=False),
    Door("signing-identity", "signed-in", get=None, post=200, is_kept=False),
    Door("signing-sample", "head", at=lambda side: {"pk": side.to_sign.pk}),
    Door(
        "signing-refuse",
        "head",
        at=lambda side: {"pk": side.to_sign.pk},
        get=None,
        post=302,
        body=lambda side: {"reason": "Nama belum benar."},
        is_kept=False,
        spoils=True,
    ),
    # Papers for a cohort in one act
    Door("issue", OFFICE, at=_cohort, post=200, body=lambda side: {"to": "attended", "who": "all"}),
    Door("office-codes", OFFICE, at=_cohort, post=302, body=lambda side: {"text": ""}),
    Door("issuance", OFFICE, at=lambda side: {"pk": side.issuance.pk}),
    Door("issuance-again", OFFICE, at=lambda side: {"pk": side.issuance.pk}, get=None, post=302, spoils=True),
    # A file of certificates
    room(
        "archive",
        f"head {OFFICE}",
        query=_unit,
        post=302,
        body=lambda side: {"whose": "people", "state": "all"},
        may_double=True,
    ),
    # Learning outside: one's own, and the office's desk
    Door("claims", "signed-in"),
    Door("claim-new", "signed-in", post=302, body=_stated),
    Door("claim", "learner", at=_outside_draft),
    Door(
        "claim-edit",
        "learner",
        at=_outside_draft,
        post=302,
        body=lambda side: {
            **_stated(side),
            "title": "Seminar arsip",
            "from_on": "2026-04-07",
            "certificate_number": "",
        },
    ),
    Door(
        "claim-send",
        "learner",
        at=_outside_draft,
        get=None,
        post=302,
        body=lambda side: {"why_not_same": "Sore hari."},
        spoils=True,
    ),
    Door(
        "claim-withdraw",
        "learner",
        at=_outside_draft,
        get=None,
        post=302,
        body=lambda side: {"do": "discard"},
        spoils=True,
    ),
    Door("claims-bare", "signed-in", post=302),
    Door(
        "claim-evidence",
        "learner",
        at=_outside_draft,
        get=None,
        post=302,
        body=lambda side: {"evidence": pdf("empat")},
    ),
    Door("evidence", f"learner {OFFICE}", at=lambda side: {"uid": side.outside.evidence.get().uid}),
    Door(
        "evidence-remove",
        "learner",
        at=lambda side: {"uid": side.proof.uid},
        get=None,
        post=302,
        spoils=True,
    ),
    Door("claims-import", "signed-in", post=302, body=lambda side: {"file": _rows()}, may_double=True),
    Door("claims-blank", "signed-in", is_alike=True),
    Door("claims-review", "learner", at=lambda side: {"uid": side.own_rows.uid}),
    Door("claims-confirm", "learner", at=lambda side: {"uid": side.own_rows.uid}, get=None, post=302),
    Door("office-claims", OFFICE, post=302),
    Door(
        "office-claim",
        OFFICE,
        at=_outside,
        post=302,
        body=lambda side: {
            "do": "return",
            "path": "KL06",
            "scope": "national",
            "from_on": "2026-02-02",
            "reason": "Buram.",
        },
        spoils=True,
    ),
    Door(
        "office-claim-take-back",
        OFFICE,
        at=lambda side: {"pk": side.outside_counted.pk},
        get=None,
        post=302,
        body=lambda side: {"reason": "Keliru."},
        spoils=True,
    ),
    Door("office-claims-bare", OFFICE, post=302),
    Door("office-claims-import", OFFICE, post=302, body=lambda side: {"file": _rows()}, may_double=True),
    Door("office-claims-blank", OFFICE),
    Door("office-claims-review", "officer", at=lambda side: {"uid": side.office_rows.uid}),
    Door("office-claims-confirm", "officer", at=lambda side: {"uid": side.office_rows.uid}, get=None, post=302),
    # Designs and what STTP rest on
    room("office-designs", OFFICE),
    room(
        "office-design-begin",
        OFFICE,
        at=lambda side: {"agency_id": side.agency.pk, "kind": "keterangan"},
        get=None,
        post=302,
    ),
    room("office-design", OFFICE, at=lambda side: {"pk": side.design.pk}, post=200, body=lambda side: {"title": ""}),
    room("office-design-discard", OFFICE, at=lambda side: {"pk": side.design.pk}, get=None, post=302, spoils=True),
    room("office-design-preview", OFFICE, at=lambda side: {"pk": side.design.pk, "side": 1}),
    # JP: what counts, and the tables of law
    room("office-person-jp", OFFICE, at=lambda side: {"person_id": side.learner.pk}),
    room(
        "office-credit",
        OFFICE,
        at=lambda side: {"credit_id": side.done.credit.pk},
        post=302,
        body=lambda side: {"jp": "1", "reason": "Salah hitung"},
        spoils=True,
    ),
    room("office-jp-rules", "admin"),
    room("office-jp-rule-new", "admin", post=302, body=_rule),
    room("office-jp-target-new", "admin", post=302, body=_target),
    room("office-jp-years", "admin"),
    room("office-jp-year", "admin", at=_year, post=302),
    # Badges
    Door("verify-credential", "everybody", at=_public, sister="everybody", foreign="everybody", is_public=True),
    Door("badge-terms", "everybody", is_alike=True),
    Door("badge-check", "everybody", is_alike=True),
    Door("badge-check-file", "everybody", is_alike=True),
    Door("badge-keys", "everybody", at=_issuer, sister="everybody", foreign="everybody", is_public=True),
    Door("badge-status", "everybody", at=_bits, sister="everybody", foreign="everybody", is_public=True),
    # Reminders
    Door("office-reminders", OFFICE),
    Door("office-reminder-send", OFFICE, at=lambda side: {"pk": side.notice.pk}, get=None, post=302),
    # Cohorts in the office
    Door("office-cohorts", f"trainer {OFFICE}"),
    Door(
        "office-cohort-new",
        OFFICE,
        post=302,
        body=lambda side: {**_dates(side), "course": side.published.course.pk},
        may_double=True,
    ),
    Door("office-cohort", f"trainer {OFFICE}", at=_cohort, post=302, body=lambda side: {"q": "Budi"}),
    Door("office-cohort-edit", OFFICE, at=_cohort, post=302, body=_dates),
    Door("office-cohort-state", OFFICE, at=_cohort, get=None, post=302, body=lambda side: {"do": "close"}, spoils=True),
    Door("office-cohort-trainers", OFFICE, at=_cohort, post=302),
    Door("office-cohort-deadline", OFFICE, at=_cohort, post=302, body=lambda side: {"due_on": "2026-12-01"}),
    Door("office-cohort-add", OFFICE, at=_cohort, post=200, body=lambda side: {"q": "", "person": side.head.pk}),
    Door(
        "office-cohort-change",
        OFFICE,
        at=_cohort,
        get=None,
        post=302,
        body=lambda side: {"do": "withdraw", "place": side.enrollment.pk, "sent": "1", "reason": "Mutasi"},
        spoils=True,
    ),
    Door(
        "office-cohort-import",
        OFFICE,
        at=_cohort,
        post=302,
        body=lambda side: {"file": SimpleUploadedFile("orang.csv", SHEET)},
        may_double=True,
    ),
    Door("office-cohort-review", "officer", at=_roster),
    Door("office-cohort-confirm", "officer", at=_roster, get=None, post=302),
    Door("office-place", f"trainer {OFFICE}", at=_place),
    Door("office-place-deadline", OFFICE, at=_place, get=None, post=302, body=lambda side: {"due_on": "2026-12-01"}),
    Door(
        "office-place-withdraw",
        OFFICE,
        at=_place,
        get=None,
        post=302,
        body=lambda side: {"reason": "Mutasi"},
        spoils=True,
    ),
    Door("office-place-attempts", OFFICE, at=_place, get=None, post=200, body=lambda side: {"extra": "1"}),
    # Reports
    Door("office", OFFICE),
    room("report", f"head {OFFICE}", query=_unit),
    room("report-known", f"head {OFFICE}", query=_unit),
    room("report-people", f"head {OFFICE}", query=_unit, post=302, body=lambda side: {"q": "Rina"}),
    room(
        "report-views",
        "head other_head officer admin",
        post=302,
        body=lambda side: {"name": "Kurang JP", "show": "below", "sort": "-jp"},
        sender="head",
    ),
    Door("report-view", "head", at=_view, post=302, body=lambda side: {"name": "Nama lain"}),
    Door("report-view-delete", "head", at=_view, get=None, post=302, spoils=True),
    room("team", "head other_head"),
    room("report-person", f"head {OFFICE}", at=lambda side: {"person_id": side.learner.pk}),
    room("exports", "head other_head officer admin"),
    room(
        "report-export",
        f"head {OFFICE}",
        query=_unit,
        get=None,
        post=302,
        body=lambda side: {"form": "xlsx"},
        may_double=True,
    ),
    room(
        "report-mail",
        f"head {OFFICE}",
        query=_unit,
        post=302,
        body=lambda side: {"rhythm": "monthly"},
    ),
    room(
        "report-builder",
        f"head {OFFICE}",
        query=_unit,
        post=302,
        body=lambda side: {"rows": "units", "name": "Unit saya"},
    ),
    room(
        "report-builder-file",
        f"head {OFFICE}",
        query=_unit,
        get=None,
        post=302,
        body=lambda side: {"rows": "units", "form": "xlsx"},
        may_double=True,
    ),
    Door("report-builder-remove", "head", at=lambda side: {"pk": side.kept_wish.pk}, get=None, post=302, spoils=True),
    Door(
        "report-mail-end",
        "head",
        at=lambda side: {"pk": side.subscription.pk},
        get=None,
        post=302,
    ),
    # Surveys: a key is kept, but no fingerprint of what was answered
    Door("surveys", "signed-in"),
    Door(
        "survey",
        "learner",
        at=lambda side: {"pk": side.invitation.pk},
        post=302,
        body=_answers("alumnus"),
        is_kept=False,
        spoils=True,
    ),
    Door(
        "survey-before-download",
        "learner",
        at=lambda side: {"enrollment_id": side.to_judge.pk},
        post=302,
        body=_answers("course"),
        is_kept=False,
        spoils=True,
    ),
    room("office-questionnaires", OFFICE),
    room(
        "office-survey-terms",
        "admin",
        post=302,
        body=lambda side: {"after_months": "5", "open_days": "30", "remind_after_days": "10"},
    ),
    room(
        "office-questionnaire-begin",
        OFFICE,
        at=lambda side: {"agency_id": side.organiser.pk, "kind": "trainer"},
        get=None,
        post=302,
    ),
    room(
        "office-questionnaire",
        OFFICE,
        at=lambda side: {"pk": side.question.version_id},
        post=302,
        body=lambda side: {"do": "publish"},
        spoils=True,
    ),
    room(
        "office-question-new",
        OFFICE,
        at=lambda side: {"pk": side.question.version_id},
        post=302,
        body=_question,
        may_double=True,
    ),
    room("office-question", OFFICE, at=lambda side: {"pk": side.question.pk}, post=302, body=_question),
    room(
        "office-question-move",
        OFFICE,
        at=lambda side: {"pk": side.question.pk},
        get=None,
        post=302,
        body=lambda side: {"move": "up"},
    ),
    room("office-question-delete", OFFICE, at=lambda side: {"pk": side.question.pk}, get=None, post=302, spoils=True),
    Door("course-evaluation", OFFICE, at=_course),
    Door("course-evaluation-file", OFFICE, at=_course),
    room("report-evaluation", f"head {OFFICE}", query=_unit),
    room("report-evaluation-course", f"head {OFFICE}", at=_course, query=_unit),
    # SIASN and IP-ASN
    Door("office-siasn", OFFICE),
    Door("office-siasn-again", OFFICE, at=_posting, get=None, post=302),
    Door("office-siasn-settle", OFFICE, at=_posting, get=None, post=302),
    Door("office-siasn-all-again", OFFICE, get=None, post=302, body=lambda side: {"reason": "rejected"}),
    Door("office-siasn-export", OFFICE, get=None, post=302, may_double=True),
    Door("office-siasn-handed", "officer", at=lambda side: {"uid": side.siasn_file.uid}, get=None, post=302),
    Door("office-siasn-mapping", OFFICE),
    Door(
        "office-siasn-agency",
        OFFICE,
        at=lambda side: {"agency_id": side.top.pk},
        post=302,
        body=lambda side: {"instansi_id": "A5EB03E23CCCF6A0E040640A040252AD", "basis": "Surat BKN"},
    ),
    Door(
        "office-siasn-type",
        OFFICE,
        at=lambda side: {"agency_id": side.top.pk, "code": "3"},
        post=302,
        body=lambda side: {"certificate_kind": "T", "document_ref": "881", "basis": "Daftar BKN"},
    ),
    Door(
        "office-siasn-course",
        OFFICE,
        at=_course,
        post=302,
        body=lambda side: {"training_type": str(TrainingType.objects.get(code="3").pk), "basis": "Daftar BKN"},
    ),
    Door("my-index", "signed-in"),
    # Not connected in tests, so who asks is told so and sent back.
    Door("my-index-ask", "signed-in", get=None, post=302),
    Door("index-points", "signed-in", is_alike=True),
    Door(
        "index-point",
        "admin",
        at=lambda side: {"pk": IndexPoint.objects.order_by("pk")[0].pk},
        sister="admin",
        foreign="admin",
        post=302,
        body=lambda side: {
            "points": "15",
            "min_jp": "0",
            "types": ["1"],
            "legal_basis": "PermenPANRB 38/2018",
            "valid_from": "2019-01-01",
        },
    ),
    # Open answers
    Door("office-answers", f"trainer {OFFICE}"),
    Door(
        "office-answer",
        f"trainer {OFFICE}",
        at=lambda side: {"item_id": side.answer.pk},
        post=302,
        body=lambda side: {"comment": "Contoh yang baik."},
    ),
]
