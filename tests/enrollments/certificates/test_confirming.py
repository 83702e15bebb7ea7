"""The learner sees name and titles first; what is printed is frozen with their yes, or with two days of silence."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.notices.actions import claim
from accounts.notices.models import Notice
from accounts.people.models import User
from asn_lms.lib.refusals import Refusal
from enrollments.certificates.actions import (
    ask_for_correction,
    confirm,
    confirm_silent,
    issue_certificate,
    reserve_certificate,
    revoke,
    settle_correction,
)
from enrollments.certificates.models import Certificate, CertificateSeries, CorrectionRequest
from enrollments.enrolling.models import Enrollment
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)
LATER = NOW + timedelta(days=2, minutes=1)
State = Certificate.State


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def people() -> Cast:
    return cast()


def numbered(who: Cast) -> Certificate:
    cohort = make.cohort(version=make.version(organiser=who.bkpsdm))
    place = make.enrollment(learner=who.learner, cohort=cohort, status=Enrollment.Status.COMPLETED)
    return reserve_certificate(place, on=date(2026, 11, 16), now=NOW)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def now_of(certificate: Certificate) -> Certificate:
    return Certificate.objects.get(pk=certificate.pk)


def test_nothing_is_drawn_before_the_name_is_confirmed(people: Cast) -> None:
    certificate = numbered(people)
    assert not issue_certificate(certificate.pk, NOW)
    confirm(certificate, by=people.learner, now=NOW)
    assert issue_certificate(certificate.pk, NOW)
    assert now_of(certificate).was_confirmed_by_learner


def test_two_days_of_silence_are_a_yes_and_not_a_minute_less(people: Cast) -> None:
    certificate = numbered(people)
    assert confirm_silent(NOW + timedelta(days=2) - timedelta(minutes=1)) == 0
    assert confirm_silent(LATER) == 1
    assert confirm_silent(LATER) == 0
    row = now_of(certificate)
    assert (row.state, row.was_confirmed_by_learner, row.frozen_at) == (State.CONFIRMED, False, LATER)


def test_what_was_confirmed_is_printed_whatever_the_person_is_called_later(people: Cast) -> None:
    certificate = numbered(people)
    confirm(certificate, by=people.learner, now=NOW)
    name = now_of(certificate).name
    User.objects.filter(pk=people.learner.pk).update(name="Nama Baru", title_after="M.Si.")
    issue_certificate(certificate.pk, LATER)
    assert now_of(certificate).name == name


def test_a_correction_stops_the_clock_and_is_asked_again_when_answered(people: Cast) -> None:
    certificate = numbered(people)
    asked = ask_for_correction(certificate, part="titles", wish="Rina Hasibuan, M.Si.", by=people.learner)
    assert confirm_silent(LATER) == 0
    User.objects.filter(pk=people.learner.pk).update(title_after="M.Si.")
    settle_correction(asked, is_mended=True, answer="", by=people.officer, now=LATER)
    assert confirm_silent(LATER + timedelta(days=1)) == 0
    assert confirm_silent(LATER + timedelta(days=2)) == 1
    assert now_of(certificate).name.endswith(", M.Si.")
    kinds = Notice.objects.filter(person=people.learner).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["certificate.confirm", "certificate.correction", "certificate.confirm"]


def test_a_paper_that_stands_is_revoked_and_issued_anew_and_never_overwritten(people: Cast) -> None:
    certificate = numbered(people)
    confirm(certificate, by=people.learner, now=NOW)
    issue_certificate(certificate.pk, NOW)
    before = now_of(certificate)
    asked = ask_for_correction(certificate, part="name", wish="Rina Hasibuan", by=people.learner)
    settle_correction(asked, is_mended=True, answer="", by=people.officer, now=LATER)
    old, new = now_of(certificate), Certificate.objects.live().get()
    assert (old.state, old.sha256, old.number) == (State.REVOKED, before.sha256, before.number)
    assert (new.replaces, new.state, new.sequence) == (old, State.NUMBERED, 2)


def test_the_number_of_a_revoked_certificate_is_never_given_again(people: Cast) -> None:
    from enrollments.certificates.actions import reissue

    first = numbered(people)
    for _ in range(3):
        first = reissue(first, reason="Salah ketik.", by=people.officer)
    assert sorted(Certificate.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4]
    assert CertificateSeries.objects.get().last == 4


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Orang Lain"},
        {"nip": "1" * 18},
        {"jp": 9},
        {"number": "B.9999/X"},
        {"sequence": 77},
        {"subjects": []},
        {"issued_on": date(2020, 1, 1)},
        {"public_id": "0" * 32},
    ],
)
def test_the_database_refuses_to_change_what_is_printed(people: Cast, change: dict[str, Any]) -> None:
    certificate = numbered(people)
    confirm(certificate, by=people.learner, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(**change)


def test_the_database_refuses_another_file_for_a_paper_that_stands_and_to_delete_a_number(people: Cast) -> None:
    certificate = numbered(people)
    confirm(certificate, by=people.learner, now=NOW)
    issue_certificate(certificate.pk, NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(sha256="0" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.delete()


def test_the_mail_asks_only_who_has_not_answered_yet(people: Cast) -> None:
    certificate = numbered(people)
    notice = Notice.objects.get(kind="certificate.confirm")
    assert claim(notice.pk, NOW + timedelta(minutes=59)) is None
    confirm(certificate, by=people.learner, now=NOW)
    assert claim(notice.pk, NOW + timedelta(minutes=61)) is None
    notice.refresh_from_db()
    assert notice.mail_state == Notice.Mail.HELD


def test_the_learner_confirms_with_one_tap_and_twice_is_once(people: Cast) -> None:
    certificate = numbered(people)
    client = signed_in(people.learner)
    page = client.get(reverse("certificate-name", args=[certificate.pk])).content.decode()
    assert people.learner.full_name in page
    for _ in range(2):
        assert client.post(reverse("certificate-confirm", args=[certificate.pk])).status_code == 302
    assert now_of(certificate).state == State.CONFIRMED


def test_a_correction_without_words_is_asked_for_beside_the_field_and_keeps_the_choice(people: Cast) -> None:
    certificate = numbered(people)
    url = reverse("certificate-name", args=[certificate.pk])
    page = signed_in(people.learner).post(url, {"part": "post", "wish": " "}).content.decode()
    assert "Tuliskan bagaimana seharusnya" in page
    assert re.search(r'<input[^>]*value="post"[^>]*checked', page)
    assert not CorrectionRequest.objects.exists()


def test_an_officer_answers_and_the_learner_reads_why(people: Cast) -> None:
    certificate = numbered(people)
    asked = ask_for_correction(certificate, part="name", wish="Ir. Rina", by=people.learner)
    client = signed_in(people.officer)
    assert "Ir. Rina" in client.get(reverse("office-certificates")).content.decode()
    url = reverse("office-correction", args=[asked.pk])
    refused = client.post(url, {"is_mended": "0", "answer": ""})
    assert "Tuliskan mengapa" in refused.content.decode()
    assert client.post(url, {"is_mended": "0", "answer": "Gelar belum ada SK-nya."}).status_code == 302
    page = signed_in(people.learner).get(reverse("certificate-name", args=[certificate.pk])).content.decode()
    assert "Gelar belum ada SK-nya." in page


def test_who_confirms_a_certificate_that_was_revoked_meanwhile_is_told_so(people: Cast) -> None:
    certificate = numbered(people)
    revoke(certificate, reason="Terbit keliru.", by=people.officer)
    with pytest.raises(Refusal, match="dicabut"):
        confirm(certificate, by=people.learner)
    assert not now_of(certificate).was_confirmed_by_learner
    client = signed_in(people.learner)
    answer = client.post(reverse("certificate-confirm", args=[certificate.pk]), follow=True)
    assert "dicabut" in answer.content.decode()
    assert "Terima kasih" not in answer.content.decode()


def test_nobody_confirms_or_corrects_the_name_of_another(people: Cast) -> None:
    certificate = numbered(people)
    asked = ask_for_correction(certificate, part="name", wish="Ir. Rina", by=people.learner)
    for stranger in (people.officer, people.head, people.other_learner):
        assert signed_in(stranger).post(reverse("certificate-confirm", args=[certificate.pk])).status_code == 404
    for stranger in (people.learner, people.other_head, people.head):
        url = reverse("office-correction", args=[asked.pk])
        assert signed_in(stranger).post(url, {"is_mended": "1"}).status_code in {403, 404}
    assert now_of(certificate).state == State.NUMBERED
