"""A certificate that is issued and has its badge, and an independent verifier to hold it against."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.agencies.models import Agency
from accounts.people.models import Rank, User
from accounts.roles.models import RoleGrant
from enrollments.badges.actions import give_badges
from enrollments.badges.identity import name_of
from enrollments.badges.models import Badge
from enrollments.badges.queries import address, published_keys, signed_credential, signed_status
from enrollments.certificates.actions import issue_certificate, reissue, revoke
from enrollments.certificates.models import Certificate
from enrollments.enrolling.models import Enrollment
from tests import make

NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)
VERIFIER = Path(__file__).with_name("verifier.mjs")


def organiser() -> Agency:
    city = make.agency("Pemerintah Kota Medan", kind=Agency.Kind.INSTANSI)
    return make.agency("Badan Kepegawaian dan Pengembangan SDM", parent=city, short_name="BKPSDM", kind=Agency.Kind.OPD)


def drawn(
    by: Agency | None = None,
    learner: User | None = None,
    *,
    jp: str = "12.5",
    score: int = 87,
    title: str = "Pelayanan publik",
    held_at: str = "",
) -> Certificate:
    """Issued, without a badge yet."""
    learner = learner or make.person("Rina Hasibuan", title_after="S.Kom.", rank=Rank.objects.get(golongan="III/c"))
    version = make.version(organiser=by or organiser(), jp=Decimal(jp), title=title)
    cohort = make.cohort(version=version, place=held_at)
    place = make.enrollment(learner=learner, cohort=cohort, status=Enrollment.Status.COMPLETED, score=Decimal(score))
    row: Certificate = make.certificate(place)
    assert issue_certificate(row.pk, NOW)
    row.refresh_from_db()
    return row


def issued(by: Agency | None = None, learner: User | None = None, **fields: Any) -> Certificate:
    row = drawn(by, learner, **fields)
    give_badges(row.pk)
    return row


def officer_of(certificate: Certificate) -> User:
    unit = certificate.series.organiser
    return make.person("Oka Petugas", agency=unit, role=RoleGrant.Role.OFFICER, over=unit)


def take_back(certificate: Certificate) -> None:
    revoke(certificate, reason="Terbit dua kali.", by=officer_of(certificate), now=NOW)


def replace(certificate: Certificate) -> Certificate:
    """Issued anew with another number; the answer is the successor, not drawn yet."""
    return reissue(certificate, reason="Gelar salah.", by=officer_of(certificate), now=NOW)


def credential_of(certificate: Certificate) -> dict[str, Any]:
    found = signed_credential(certificate.public_id)
    assert found is not None
    # As it arrives: through text, with numbers as JSON has them.
    arrived: dict[str, Any] = json.loads(json.dumps(found))
    return arrived


def list_of(certificate: Certificate) -> dict[str, Any]:
    into = Badge.objects.get(certificate=certificate).status_list
    found = signed_status(into.issuer.slug, into.number, timezone.now())
    assert found is not None
    return found


@dataclass(frozen=True)
class Case:
    """A credential with what the web would have answered: its status list, and the keys of did:web issuers."""

    credential: dict[str, Any]
    documents: dict[str, Any] = field(default_factory=dict)


def case(certificate: Certificate, credential: dict[str, Any] | None = None) -> Case:
    into = Badge.objects.get(certificate=certificate).status_list
    key = into.issuer.keys.get(retired_at__isnull=True)
    documents = {address("badge-status", into.issuer.slug, into.number): list_of(certificate)}
    name, keys = name_of(into.issuer, key), published_keys(into.issuer.slug)
    if keys and name.startswith("did:web:"):
        documents[name] = keys
    return Case(credential or credential_of(certificate), documents)


def judged(*cases: Case) -> list[dict[str, Any]]:
    """What the independent verifier says of each: {verified, revoked, errors}."""
    node = shutil.which("node") or str(Path(sys.executable).with_name("node"))
    sent = json.dumps({"cases": [{"credential": one.credential, "documents": one.documents} for one in cases]})
    answer = subprocess.run([node, VERIFIER], input=sent, capture_output=True, text=True, check=True, timeout=120)
    return [json.loads(line) for line in answer.stdout.splitlines()]
