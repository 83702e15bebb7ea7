"""Rows for tests: plain functions that state only what matters, and fill in the rest."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import transaction
from PIL import Image

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.signin.models import PrivacyAcknowledgement, PrivacyNotice
from courses.structure.models import Course, CourseVersion, Lesson, Module
from enrollments.cohorts.models import Cohort
from enrollments.cohorts.queries import next_number
from enrollments.credits.models import Credit
from enrollments.credits.recording import Activity, record_credits
from enrollments.enrolling.models import Enrollment

PASSWORD = "Rahasia-Demo-2026"
_numbers = count(1)


def agency(name: str = "", *, parent: Agency | None = None, **fields: Any) -> Agency:
    number = next(_numbers)
    values = {"code": f"U{number}", "name": name or f"Unit {number}", **fields}
    row: Agency = Agency.objects.add_child(parent, values) if parent else Agency.objects.add_root(values)
    return row


def nip(born: date = date(1990, 1, 1), *, started: str = "201503", sex: str = "1") -> str:
    """A number that is valid in form, with a sequence that real numbers do not reach by accident of this test."""
    number = next(_numbers)
    started = f"{2015 + number // 9000}{started[4:]}"
    day = date.fromordinal(born.toordinal() + (number // 900) % 9000)
    return f"{day:%Y%m%d}{started}{sex}{100 + number % 900:03d}"


def person(
    name: str = "",
    *,
    role: str | None = None,
    over: Agency | None = None,
    password: bool = False,
    has_read_notice: bool = True,
    **fields: Any,
) -> User:
    """A person; with `role` they bear it over `over`, or over their own unit. Only with `password=True` can they sign in
    by `PASSWORD` (hashing is slow; most tests use `client.force_login`). The privacy notice is read, unless said otherwise.
    """
    number = next(_numbers)
    values: dict[str, Any] = {
        "nip": nip(),
        "name": name or f"Pegawai {number}",
        "email": f"p{number}@contoh.go.id",
        **fields,
    }
    row = User(**values)
    if "agency" not in values:
        row.agency = agency()
    if password:
        row.set_password(PASSWORD)
    else:
        row.set_unusable_password()
    row.save()
    if has_read_notice:
        PrivacyAcknowledgement.objects.bulk_create(
            PrivacyAcknowledgement(person=row, notice=notice) for notice in PrivacyNotice.objects.all()
        )
    unit = over or row.agency
    if role and unit:
        RoleGrant.objects.create(person=row, role=role, agency=unit, from_on=date(2020, 1, 1))
    return row


def version(
    *,
    course: Course | None = None,
    organiser: Agency | None = None,
    lessons: int = 2,
    kind: str = "text",
    published: bool = True,
    **fields: Any,
) -> CourseVersion:
    """A version with one module and that many lessons of one kind, each with the kind's empty content; published unless said otherwise."""
    from courses.lesson_kinds import kinds

    number = next(_numbers)
    course = course or Course.objects.create(code=f"C{number}", organiser=organiser or agency())
    values = {"title": f"Kursus {number}", "summary": "Hemat satu jam sehari.", "jp": Decimal(2), **fields}
    row = CourseVersion.objects.create(course=course, number=course.versions.count() + 1, **values)
    module = Module.objects.create(version=row, position=0, title="Modul 1", jp=row.jp)
    for position in range(lessons):
        lesson = Lesson.objects.create(
            version=row, module=module, position=position, kind=kind, title=f"Materi {position + 1}"
        )
        if kind in kinds:
            kinds[kind].create(lesson)
    return publish(row) if published else row


def publish(row: CourseVersion) -> CourseVersion:
    """Publish without review: for tests that only need a published version."""
    row.state = CourseVersion.State.PUBLISHED
    row.published_at = datetime(2026, 1, 5, tzinfo=UTC)
    row.save()
    row.course.current = row
    row.course.save()
    return row


def cohort(*, version: CourseVersion | None = None, self_paced: bool = False, **fields: Any) -> Cohort:
    of = version or globals()["version"]()
    number = next_number(of.course, fields.get("year", 2026))
    dates: dict[str, Any] = (
        {} if self_paced else {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31), "number": number}
    )
    values = {
        "course": of.course,
        "version": of,
        "organiser": of.course.organiser,
        "year": 2026,
        "is_self_paced": self_paced,
        **dates,
        **fields,
    }
    return Cohort.objects.create(**values)


def enrollment(*, learner: User | None = None, cohort: Cohort | None = None, **fields: Any) -> Enrollment:
    of = cohort or globals()["cohort"]()
    who = learner or person()
    now = datetime(2026, 3, 2, 3, tzinfo=UTC)
    values: dict[str, Any] = {
        "learner": who,
        "cohort": of,
        "version": of.version,
        "agency": who.agency,
        "enrolled_at": now,
        "due_on": of.ends_on,
        **fields,
    }
    if values.get("status") == Enrollment.Status.WITHDRAWN:
        values.setdefault("withdrawn_at", now)
    if values.get("status") == Enrollment.Status.COMPLETED:
        values.setdefault("completed_at", now)
        values.setdefault("completion_agency", who.agency)
    return Enrollment.objects.create(**values)


def certificate(place: Enrollment, *, on: date = date(2026, 11, 16), **fields: Any) -> Any:
    """The certificate of a completed place, with its name confirmed by the learner: it waits to be drawn."""
    from enrollments.certificates.actions import confirm, reserve_certificate

    return confirm(reserve_certificate(place, on=on, **fields), by=place.learner)


@transaction.atomic
def credit(
    learner: User, jp: Decimal | str | int, *, on: date = date(2026, 3, 2), enrollment: Enrollment | None = None
) -> Credit:
    """So many JP of that day, in the books too, for a completed place; no path, so no cap."""
    place = enrollment or globals()["enrollment"](learner=learner, status=Enrollment.Status.COMPLETED)
    assert place.completion_agency
    activity = Activity(
        learner_id=learner.pk,
        agency=place.completion_agency,
        quantity=Decimal(jp),
        studied={on: 1},
        on=on,
        path_id=None,
        enrollment_id=place.pk,
        course_id=place.version.course_id,
    )
    return record_credits([activity])[0]


def picture(width: int = 600, height: int = 800, colour: str = "teal", kind: str = "PNG", **options: Any) -> bytes:
    """A plain picture as a file of that kind."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind, **options)
    return out.getvalue()
