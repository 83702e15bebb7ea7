"""Rows for the tests about SIASN."""

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.files.base import ContentFile

from accounts.agencies.models import Agency
from accounts.people.models import User
from asn_lms.lib.secret import Secret
from courses.taxonomy.models import TrainingType
from enrollments.certificates.models import Certificate, CertificateSeries
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.models import Enrollment
from enrollments.siasn.actions import open_rows
from enrollments.siasn.models import AgencyMapping, Posting, TypeMapping
from tests import make
from tests.siasn_server import INSTANSI, SiasnServer
from tests.world import NOW, PDF

DOCUMENT = "881"
_numbers = count(1)


def connection_settings(server: SiasnServer) -> dict[str, Any]:
    env = server.environment
    return {
        "url": env["SIASN_URL"],
        "token_url": env["SIASN_TOKEN_URL"],
        "consumer_key": env["SIASN_CONSUMER_KEY"],
        "consumer_secret": Secret(env["SIASN_CONSUMER_SECRET"]),
        "sso_url": env["SIASN_SSO_URL"],
        "sso_client": env["SIASN_SSO_CLIENT"],
        "sso_user": env["SIASN_SSO_USER"],
        "sso_password": Secret(env["SIASN_SSO_PASSWORD"]),
    }


def kind(code: str = "3") -> TrainingType:
    return TrainingType.objects.get(code=code)


def cohort(city: Agency, *, organiser: Agency | None = None, jp: Decimal = Decimal("4.50"), code: str = "3") -> Cohort:
    """Of a course of one kind of training, in a government whose mapping is complete for it."""
    AgencyMapping.objects.get_or_create(agency=city, defaults={"instansi_id": INSTANSI, "basis": "Surat uji"})
    values = {"certificate_kind": "T", "document_ref": DOCUMENT, "basis": "Daftar uji"}
    TypeMapping.objects.get_or_create(instansi=city, training_type=kind(code), defaults=values)
    return make.cohort(version=make.version(organiser=organiser or city, jp=jp, training_type=kind(code)))


def certificate(of: Cohort, learner: User, **fields: Any) -> Certificate:
    """A delivered certificate of a completed place, with its paper."""
    number = next(_numbers)
    place = make.enrollment(learner=learner, cohort=of, status=Enrollment.Status.COMPLETED)
    series, _made = CertificateSeries.objects.get_or_create(
        organiser=of.organiser, year=2026, kind="sertifikat", defaults={"template": "B.{seq:04d}/X/{month}/{year}"}
    )
    values: dict[str, Any] = {
        "enrollment": place,
        "series": series,
        "year": 2026,
        "sequence": number,
        "number": f"B.{number:04d}/UJI/800.2/III/2026",
        "issued_on": date(2026, 3, 2),
        "state": Certificate.State.DELIVERED,
        "name": learner.full_name,
        "nip": learner.nip or "",
        "course_title": of.version.title,
        "organiser_name": of.organiser.name,
        "competency": "teknis",
        "jp": of.version.jp,
        "starts_on": date(2026, 2, 27),
        "ends_on": date(2026, 3, 2),
        "frozen_at": NOW,
        "confirm_until": NOW,
        "drawn_at": NOW,
        **fields,
    }
    row = Certificate(**values)
    row.file.save("paper.pdf", ContentFile(PDF), save=False)
    row.save()
    return row


def posting(of: Cohort, learner: User | None = None, *, server: SiasnServer | None = None, **fields: Any) -> Posting:
    """The outbox row of a fresh certificate; with `server`, of somebody whom SIASN knows."""
    who = learner or make.person(
        agency=make.agency(parent=Agency.objects.get(path=of.organiser.path[: Agency.steplen]))
    )
    if server is not None:
        server.knows(str(who.nip))
    paper = certificate(of, who, **fields)
    open_rows()
    return Posting.objects.get(certificate=paper)


def later_than(moment: datetime, posting: Posting) -> datetime:
    """When the row may be tried again."""
    posting.refresh_from_db()
    return max(moment, posting.next_try_at)
