"""The office's pages: look, click once, watch the queue."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enrollments.certificates.models import Certificate
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.models import Enrollment
from enrollments.issuance.actions import work
from enrollments.issuance.models import Issuance
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
BEGUN = datetime(2026, 3, 3, 2, tzinfo=UTC)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def office(client: Client, people: Cast) -> Client:
    client.force_login(people.officer)
    return client


@pytest.fixture
def cohort(people: Cast) -> Cohort:
    return make.cohort(
        version=make.version(organiser=people.bkpsdm), starts_on=date(2026, 1, 5), ends_on=date(2026, 2, 1)
    )


def attended(cohort: Cohort, name: str, **fields: Any) -> Enrollment:
    return make.enrollment(cohort=cohort, learner=make.person(name), **{"started_at": BEGUN, **fields})


def test_the_officer_sees_who_gets_it_who_does_not_and_why_then_clicks_once(office: Client, cohort: Cohort) -> None:
    attended(cohort, "Sari Hadir")
    attended(cohort, "Toni Belum", started_at=None)
    path = f"/office/certificates/cohorts/{cohort.pk}/issue/"
    said = office.get(path).content.decode()
    assert "Sari Hadir" in said
    assert "Toni Belum" in said
    assert "belum pernah membuka materi" in said
    answer = office.post(path, {"to": "attended", "who": "all"})
    issuance = Issuance.objects.get()
    assert answer["Location"] == f"/office/certificates/issues/{issuance.pk}/"
    said = office.get(answer["Location"]).content.decode()
    assert "Sari Hadir" in said
    assert 'hx-trigger="every 3s"' in said  # it moves by itself
    work(timezone.now())
    said = office.get(answer["Location"]).content.decode()
    assert Certificate.objects.get().number in said
    assert 'hx-trigger="every 3s"' not in said  # now it is the learner's turn


def test_ticks_are_kept_when_something_was_missing(office: Client, cohort: Cohort) -> None:
    place = attended(cohort, "Sari Hadir")
    path = f"/office/certificates/cohorts/{cohort.pk}/issue/"
    answer = office.post(path, {"to": "attended", "place": [str(place.pk)]})
    said = answer.content.decode()
    assert "Pilih salah satu" in said
    assert f'value="{place.pk}" checked' in said
    answer = office.post(path, {"to": "attended", "who": "chosen"})
    assert "Centang" in answer.content.decode()
    assert not Issuance.objects.exists()


def test_a_second_click_finds_nobody_left_and_says_so_on_the_page(office: Client, cohort: Cohort) -> None:
    attended(cohort, "Sari Hadir")
    path = f"/office/certificates/cohorts/{cohort.pk}/issue/"
    office.post(path, {"to": "attended", "who": "all"})
    said = office.post(path, {"to": "attended", "who": "all"}).content.decode()
    assert Issuance.objects.count() == 1
    assert "Tidak ada lagi" in said


def test_the_queue_is_filtered_by_what_needs_a_hand_and_a_part_is_served_alone(office: Client, cohort: Cohort) -> None:
    place = attended(cohort, "Sari Hadir")
    attended(cohort, "Umar Hadir")
    office.post(f"/office/certificates/cohorts/{cohort.pk}/issue/", {"to": "attended", "who": "all"})
    Enrollment.objects.filter(pk=place.pk).update(status="withdrawn", withdrawn_at=BEGUN)
    work(timezone.now())
    path = f"/office/certificates/issues/{Issuance.objects.get().pk}/"
    said = office.get(path, {"show": "hand"}).content.decode()
    assert "Sari Hadir" in said
    assert "Umar Hadir" not in said
    part = office.get(path, headers={"HX-Request": "true", "HX-Target": "lines"}).content.decode()
    assert part.lstrip().startswith('<div id="lines"')
    assert "<html" not in part
    assert office.post(f"{path}again/").status_code == 302
    assert Issuance.objects.get().lines.waiting().count() == 1
