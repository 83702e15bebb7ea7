"""A learner shows a certificate by a link, and takes the link back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enrollments.certificates.actions import issue_certificate, revoke
from enrollments.certificates.models import Certificate, ShareLink
from enrollments.enrolling.models import Enrollment
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)


@pytest.fixture
def people(settings: Any, tmp_path: Path) -> Cast:
    settings.MEDIA_ROOT = tmp_path
    return cast()


def ready(people: Cast) -> Certificate:
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    row = make.certificate(make.enrollment(learner=people.learner, cohort=cohort, status=Enrollment.Status.COMPLETED))
    assert issue_certificate(row.pk, NOW)
    return Certificate.objects.get(pk=row.pk)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def shared(people: Cast, certificate: Certificate) -> str:
    signed_in(people.learner).post(reverse("certificate-share", args=[certificate.pk]), {"do": "make"})
    return ShareLink.objects.live().get(certificate=certificate).token


def test_whoever_has_the_link_sees_the_certificate_and_has_its_file(people: Cast) -> None:
    certificate = ready(people)
    token = shared(people, certificate)
    page = Client().get(reverse("shared", args=[token]))
    assert certificate.number in page.content.decode()
    assert "noindex" in page["X-Robots-Tag"]
    paper: Any = Client().get(reverse("shared-pdf", args=[token]))
    assert b"".join(paper.streaming_content).startswith(b"%PDF")
    assert paper["Cache-Control"] == "no-store"


def test_taken_back_it_leads_nowhere_for_ever_and_another_can_be_made(people: Cast) -> None:
    certificate = ready(people)
    token = shared(people, certificate)
    signed_in(people.learner).post(reverse("certificate-share", args=[certificate.pk]), {"do": "stop"})
    for name in ("shared", "shared-pdf"):
        assert Client().get(reverse(name, args=[token])).status_code == 404
    again = shared(people, certificate)
    assert again != token
    assert Client().get(reverse("shared", args=[token])).status_code == 404


def test_made_twice_it_is_one_link(people: Cast) -> None:
    certificate = ready(people)
    assert shared(people, certificate) == shared(people, certificate)


def test_a_shared_certificate_that_is_revoked_says_so(people: Cast) -> None:
    certificate = ready(people)
    token = shared(people, certificate)
    revoke(certificate, reason="Terbit dua kali.", by=people.officer)
    assert "sudah dicabut" in Client().get(reverse("shared", args=[token])).content.decode()


def test_nobody_shares_the_certificate_of_another(people: Cast) -> None:
    certificate = ready(people)
    for stranger in (people.officer, people.other_learner, people.head):
        url = reverse("certificate-share", args=[certificate.pk])
        assert signed_in(stranger).post(url, {"do": "make"}).status_code == 404
    assert not ShareLink.objects.exists()
