"""Whom a drill is about: people with a place in a short course each, signed in, at two organisers, so that numbers come from two series."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.people.models import User
from accounts.signin.models import PrivacyAcknowledgement, PrivacyNotice
from enrollments.enrolling.models import Enrollment
from tests import make

JP = Decimal("2.25")
BACKEND = "accounts.signin.backend.SessionBackend"
AT_ONCE = 2_000


@dataclass(frozen=True)
class Learner:
    """Somebody who has one lesson left: who they are for the site, and where the lesson stands."""

    number: int
    pk: int
    session: str
    place: int
    lesson: str


def gather(count: int) -> list[Learner]:
    """So many people, each one lesson away from a certificate of `JP`."""
    city = make.agency("Kota Latihan", kind="instansi")
    learners: list[Learner] = []
    for name, share in (("BKPSDM", count - count // 3), ("Dinas Kesehatan", count // 3)):
        organiser = make.agency(name, parent=city, kind="opd")
        version = make.version(organiser=organiser, lessons=1, jp=JP)
        cohort = make.cohort(version=version, starts_on=date(2020, 1, 1), ends_on=date(2099, 12, 31))
        lesson = str(version.lessons.get().uid)
        people = people_of(organiser, share)
        now = timezone.now()
        places = Enrollment.objects.bulk_create(
            [
                Enrollment(
                    learner=one, cohort=cohort, version=version, agency=organiser, enrolled_at=now, started_at=now
                )
                for one in people
            ],
            batch_size=AT_ONCE,
        )
        sessions = sessions_of(people, now + timedelta(days=30))
        learners += [
            Learner(len(learners) + at, one.pk, session, place.pk, lesson)
            for at, (one, session, place) in enumerate(zip(people, sessions, places, strict=True))
        ]
    return learners


def people_of(unit: Any, count: int) -> list[User]:
    """So many who serve there and have read the notice."""
    people = User.objects.bulk_create(
        [
            User(
                nip=make.nip(),
                name=f"Peserta {unit.pk} {n}",
                email=f"latihan{unit.pk}.{n}@contoh.go.id",
                agency=unit,
                password="!",
            )
            for n in range(count)
        ],
        batch_size=AT_ONCE,
    )
    notices = list(PrivacyNotice.objects.all())
    PrivacyAcknowledgement.objects.bulk_create(
        [PrivacyAcknowledgement(person=one, notice=notice) for one in people for notice in notices], batch_size=AT_ONCE
    )
    return people


def sessions_of(people: list[User], ends_at: datetime) -> list[str]:
    """Signed in as the sign-in page does it, without its slow hash; the keys, one for each person."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    rows = [
        Session(
            session_key=token_hex(16),
            session_data=store.encode(
                {
                    SESSION_KEY: str(one.pk),
                    BACKEND_SESSION_KEY: BACKEND,
                    HASH_SESSION_KEY: one.get_session_auth_hash(),
                }
            ),
            expire_date=ends_at,
        )
        for one in people
    ]
    Session.objects.bulk_create(rows, batch_size=AT_ONCE)
    return [str(row.session_key) for row in rows]
