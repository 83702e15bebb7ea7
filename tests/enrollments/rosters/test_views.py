"""Promises of the office's pages about cohorts."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.jobs.models import Job
from accounts.roles.models import RoleGrant
from asn_lms.lib.sheets import write_xlsx
from enrollments.attempts.actions import begin, take_input
from enrollments.attempts.models import ExtraAttempts
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.actions import enroll
from enrollments.enrolling.models import Enrollment
from enrollments.rosters.tasks import check, write
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
TODAY = date.today()
SOON = TODAY + timedelta(days=10)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def client(client: Client, people: Cast) -> Client:
    client.force_login(people.officer)
    return client


def cohort_of(people: Cast, **fields: Any) -> Cohort:
    values = {"starts_on": TODAY, "ends_on": SOON, "seats": 40, **fields}
    return make.cohort(version=make.version(organiser=people.bkpsdm), **values)


def test_an_officer_opens_a_cohort_with_five_fields(client: Client, people: Cast) -> None:
    course = make.version(organiser=people.bkpsdm).course
    asked = {
        "course": course.pk,
        "starts_on": TODAY,
        "ends_on": SOON,
        "seats": 40,
        "place": "Aula",
        "is_open_to_all": "on",
    }
    answer = client.post(reverse("office-cohort-new"), asked)
    cohort = Cohort.objects.get()
    assert answer["Location"] == reverse("office-cohort", args=[cohort.pk])
    assert (str(cohort), cohort.seats, cohort.created_by) == ("Angkatan I", 40, people.officer)


def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(client: Client, people: Cast) -> None:
    course = make.version(organiser=people.bkpsdm).course
    asked = {"course": course.pk, "starts_on": SOON, "ends_on": TODAY, "seats": 40, "place": "Aula BKPSDM"}
    page = client.post(reverse("office-cohort-new"), asked)
    assert list(page.context["form"].errors) == ["ends_on"]
    assert "Aula BKPSDM" in page.content.decode()


def test_only_courses_of_the_officers_units_are_offered(client: Client, people: Cast) -> None:
    mine = make.version(organiser=people.bkpsdm).course
    make.version()
    page = client.get(reverse("office-cohort-new"))
    assert list(page.context["form"].fields["course"].queryset) == [mine]


def test_deadlines_that_followed_the_end_move_with_it_and_others_stay(client: Client, people: Cast) -> None:
    cohort = cohort_of(people)
    follows = make.enrollment(cohort=cohort)
    own = make.enrollment(cohort=cohort, due_on=SOON + timedelta(days=99))
    later = SOON + timedelta(days=7)
    asked = {"starts_on": TODAY, "ends_on": later, "seats": 40, "place": "", "is_open_to_all": "on"}
    client.post(reverse("office-cohort-edit", args=[cohort.pk]), asked)
    follows.refresh_from_db()
    own.refresh_from_db()
    assert (follows.due_on, own.due_on) == (later, SOON + timedelta(days=99))


def test_the_list_shows_first_what_needs_a_hand(client: Client, people: Cast) -> None:
    hand = cohort_of(people)
    make.enrollment(cohort=hand)
    cohort_of(people, starts_on=TODAY - timedelta(days=200), ends_on=TODAY - timedelta(days=100))
    page = client.get(reverse("office-cohorts"), {"phase": "hand"})
    assert [row.cohort for row in page.context["found"].rows] == [hand]
    assert page.context["found"].counts[""] == 2


def test_the_list_goes_on_by_key(client: Client, people: Cast) -> None:
    version = make.version(organiser=people.bkpsdm)
    for days in range(53):
        make.cohort(version=version, starts_on=TODAY + timedelta(days=days), ends_on=TODAY + timedelta(days=60))
    make.cohort(version=version, self_paced=True)
    first = client.get(reverse("office-cohorts")).context
    second = client.get(f"{reverse('office-cohorts')}{first['next']}").context
    seen = [row.cohort.pk for row in [*first["found"].rows, *second["found"].rows]]
    assert len(seen) == len(set(seen)) == 54
    assert not second["next"]


@pytest.mark.parametrize("rows", [3, 30])
def test_pages_ask_the_database_twelve_times_at_most(
    client: Client, people: Cast, rows: int, django_assert_max_num_queries: Any
) -> None:
    cohort = cohort_of(people)
    for _ in range(rows):
        place = make.enrollment(cohort=cohort)
        make.enrollment(cohort=cohort_of(people))
    for address in (
        reverse("office-cohorts"),
        reverse("office-cohort", args=[cohort.pk]),
        reverse("office-cohort-new"),
        reverse("office-cohort-edit", args=[cohort.pk]),
        reverse("office-cohort-trainers", args=[cohort.pk]),
        reverse("office-cohort-deadline", args=[cohort.pk]),
        reverse("office-cohort-import", args=[cohort.pk]),
        reverse("office-place", args=[place.pk]),
    ):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200
    with django_assert_max_num_queries(12):
        client.post(reverse("office-cohort-add", args=[cohort.pk]), {"q": "Pegawai"})


def test_another_units_cohort_answers_like_one_that_never_existed(client: Client, people: Cast) -> None:
    theirs = make.cohort()
    place = make.enrollment(cohort=theirs)
    stranger = make.person(agency=people.a, role=RoleGrant.Role.OFFICER)
    ours = cohort_of(people)
    for person, cohort in ((people.officer, theirs), (stranger, ours), (people.trainer, ours)):
        client.force_login(person)
        for name in ("office-cohort", "office-cohort-edit", "office-cohort-add", "office-cohort-import"):
            assert client.get(reverse(name, args=[cohort.pk])).status_code == 404
    client.force_login(people.officer)
    assert client.get(reverse("office-place", args=[place.pk])).status_code == 404
    assert client.post(reverse("office-place-withdraw", args=[place.pk]), {"reason": "x"}).status_code == 404


def test_a_trainer_sees_the_people_of_their_cohort_and_changes_nothing(client: Client, people: Cast) -> None:
    cohort = cohort_of(people)
    cohort.trainers.add(people.trainer)
    place = make.enrollment(cohort=cohort)
    client.force_login(people.trainer)
    assert client.get(reverse("office-cohort", args=[cohort.pk])).status_code == 200
    assert client.get(reverse("office-place", args=[place.pk])).status_code == 200
    assert client.post(reverse("office-cohort-state", args=[cohort.pk]), {"do": "close"}).status_code == 404
    assert client.post(reverse("office-place-withdraw", args=[place.pk]), {"reason": "x"}).status_code == 404


def test_a_learner_has_no_business_in_the_office(client: Client, people: Cast) -> None:
    client.force_login(people.learner)
    assert client.get(reverse("office-cohorts")).status_code == 403
    assert client.get(reverse("office-cohort-new")).status_code == 403


def test_people_are_found_by_name_and_a_number_never_stands_in_an_address(client: Client, people: Cast) -> None:
    cohort = cohort_of(people)
    rina = make.enrollment(cohort=cohort, learner=people.learner)
    make.enrollment(cohort=cohort, learner=people.other_learner)
    address = reverse("office-cohort", args=[cohort.pk])
    by_name = client.post(address, {"q": "rina"}, follow=True)
    assert by_name.context["found"].rows == [rina]
    by_number = client.post(address, {"q": people.learner.nip})
    assert by_number.status_code == 200
    assert by_number.context["found"].rows == [rina]
    assert len(client.get(address, {"q": str(people.learner.nip)}).context["found"].rows) == 2


def test_the_roster_goes_on_by_key(client: Client, people: Cast) -> None:
    cohort = cohort_of(people, seats=None)
    unit = make.agency()
    for number in range(60):
        make.enrollment(cohort=cohort, learner=make.person(f"Orang {number % 7}", agency=unit))
    address = reverse("office-cohort", args=[cohort.pk])
    first = client.get(address).context
    second = client.get(f"{address}{first['next']}").context
    seen = [one.pk for one in [*first["found"].rows, *second["found"].rows]]
    assert len(seen) == len(set(seen)) == 60


def test_an_officer_adds_one_person_of_their_units(client: Client, people: Cast) -> None:
    cohort = cohort_of(people)
    address = reverse("office-cohort-add", args=[cohort.pk])
    make.person("Rina dari luar")
    found = client.post(address, {"q": "rina"}).context["found"]
    assert [one.person for one in found] == [people.learner]
    client.post(address, {"q": "rina", "person": people.learner.pk})
    assert Enrollment.objects.get().learner == people.learner
    outsider = make.person()
    assert client.post(address, {"person": outsider.pk}).status_code == 404


def test_a_full_cohort_says_so_and_the_search_stays(client: Client, people: Cast) -> None:
    cohort = cohort_of(people, seats=1, seats_taken=1)
    page = client.post(
        reverse("office-cohort-add", args=[cohort.pk]), {"q": "rina", "person": people.learner.pk}
    ).content.decode()
    assert "Semua kursi" in page
    assert 'value="rina"' in page


def test_several_people_get_a_deadline_or_are_withdrawn_after_one_question(client: Client, people: Cast) -> None:
    cohort = cohort_of(people, seats_taken=3)
    places = [make.enrollment(cohort=cohort) for _ in range(3)]
    address = reverse("office-cohort-change", args=[cohort.pk])
    ticked = {"place": [one.pk for one in places[:2]]}
    assert client.post(address, {**ticked, "do": "reschedule"}).status_code == 200
    client.post(address, {**ticked, "do": "reschedule", "sent": "1", "due_on": "2027-01-31"})
    assert Enrollment.objects.filter(due_on=date(2027, 1, 31)).count() == 2
    unsaid = client.post(address, {**ticked, "do": "withdraw", "sent": "1", "reason": ""})
    assert unsaid.context["form"].errors
    client.post(address, {**ticked, "do": "withdraw", "sent": "1", "reason": "Pindah instansi"})
    cohort.refresh_from_db()
    assert cohort.seats_taken == 1
    theirs = make.enrollment()
    client.post(address, {"place": theirs.pk, "do": "withdraw", "sent": "1", "reason": "bukan milik kami"})
    theirs.refresh_from_db()
    assert theirs.status == Enrollment.Status.ACTIVE


def test_closing_opening_and_cancelling(client: Client, people: Cast) -> None:
    cohort = cohort_of(people)
    place = enroll(people.learner, cohort, by=people.officer)
    address = reverse("office-cohort-state", args=[cohort.pk])
    for do, state in (("close", "closed"), ("reopen", "open"), ("cancel", "open")):
        client.post(address, {"do": do})
        cohort.refresh_from_db()
        assert cohort.state == state
    client.post(address, {"do": "cancel", "reason": "Gedung dipakai"})
    cohort.refresh_from_db()
    place.refresh_from_db()
    assert (cohort.state, place.status) == ("cancelled", "withdrawn")


def test_an_officer_names_the_trainers(client: Client, people: Cast) -> None:
    cohort = cohort_of(people)
    client.post(reverse("office-cohort-trainers", args=[cohort.pk]), {"trainers": [people.trainer.pk]})
    assert list(cohort.trainers.all()) == [people.trainer]


@pytest.mark.usefixtures("_plain_kinds")
def test_an_officer_gives_more_attempts_with_a_reason(client: Client, people: Cast) -> None:
    version = make.version(kind="exam", organiser=people.bkpsdm)
    place = enroll(people.learner, make.cohort(version=version, ends_on=SOON), by=people.officer)
    lesson = version.lessons.all()[0]
    begin(place, lesson, by=people.learner)
    take_input(place, lesson, {"hand_in": 10}, by=people.learner)
    address = reverse("office-place-attempts", args=[place.pk])
    page = client.post(address, {"lesson": lesson.pk, "extra": 1, "reason": ""})
    assert page.context["attempts_form"].errors
    client.post(address, {"lesson": lesson.pk, "extra": 1, "reason": "Listrik padam"})
    assert ExtraAttempts.objects.get().given_by == people.officer


def sheet_of(rows: list[list[Any]]) -> SimpleUploadedFile:
    file = io.BytesIO()
    write_xlsx(file, ["NIP", "Nama"], rows)
    return SimpleUploadedFile("peserta.xlsx", file.getvalue())


def test_a_spreadsheet_is_checked_first_and_written_when_confirmed(client: Client, people: Cast) -> None:
    cohort = cohort_of(people, seats=2)
    enroll(people.other_learner, cohort, by=people.officer)
    outsider = make.person()
    rows: list[list[Any]] = [
        [people.learner.nip, "Rina"],
        [people.other_learner.nip, "Lina"],
        [outsider.nip, "Orang luar"],
        ["1990010120150310", "terpotong"],
        [people.head.nip, "Hadi"],
        [people.learner.nip, "Rina lagi"],
    ]
    answer = client.post(reverse("office-cohort-import", args=[cohort.pk]), {"file": sheet_of(rows)})
    job = Job.objects.get()
    assert answer["Location"] == reverse("office-cohort-review", args=[cohort.pk, job.uid])
    assert client.get(answer["Location"]).status_code == 200
    check(job.pk)
    assert Enrollment.objects.count() == 1
    page = client.get(answer["Location"])
    assert page.context["counts"] == {"refused": 4, "created": 1, "unchanged": 1}
    assert {one["row"] for one in page.context["rows"] if one["errors"]} >= {4, 5, 7}
    client.post(reverse("office-cohort-confirm", args=[cohort.pk, job.uid]))
    written = Job.objects.exclude(pk=job.pk).get()
    write(written.pk)
    cohort.refresh_from_db()
    assert cohort.seats_taken == 2 == Enrollment.objects.live().filter(cohort=cohort).count()
    assert client.get(reverse("office-cohort-review", args=[cohort.pk, written.uid])).context["counts"]["created"] == 1
    # Confirming twice gives the same work again.
    client.post(reverse("office-cohort-confirm", args=[cohort.pk, job.uid]))
    assert Job.objects.count() == 2


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n....", b"nama\nRina\n"])
def test_a_file_that_is_no_list_of_numbers_gets_a_sentence(client: Client, people: Cast, content: bytes) -> None:
    cohort = cohort_of(people)
    answer = client.post(
        reverse("office-cohort-import", args=[cohort.pk]), {"file": SimpleUploadedFile("x.csv", content)}
    )
    if answer.status_code == 302:
        job = Job.objects.get()
        check(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.FAILED
        assert job.error
        assert client.get(answer["Location"]).status_code == 200
    else:
        assert answer.context["form"].errors["file"]


def test_somebody_elses_import_and_another_cohorts_are_not_found(client: Client, people: Cast) -> None:
    cohort, other = cohort_of(people), cohort_of(people)
    client.post(reverse("office-cohort-import", args=[cohort.pk]), {"file": sheet_of([[people.learner.nip, ""]])})
    job = Job.objects.get()
    assert client.get(reverse("office-cohort-review", args=[other.pk, job.uid])).status_code == 404
    client.force_login(people.admin)
    assert client.get(reverse("office-cohort-review", args=[cohort.pk, job.uid])).status_code == 404
