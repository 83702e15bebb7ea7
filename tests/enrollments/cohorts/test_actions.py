"""Promises about cohorts."""

from datetime import date, timedelta

import pytest

from accounts.roles.models import RoleGrant
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.cohorts.actions import (
    close_cohort,
    create_cohort,
    edit_cohort,
    name_trainers,
    reopen_cohort,
    self_paced_cohort,
)
from enrollments.cohorts.models import Cohort
from tests import make
from tests.cast import cast

pytestmark = pytest.mark.django_db
SOON = date.today() + timedelta(days=10)


def edit(cohort: Cohort, **changes: object) -> Cohort:
    values: dict[str, object] = {
        "starts_on": cohort.starts_on,
        "ends_on": cohort.ends_on,
        "seats": cohort.seats,
        "place": cohort.place,
        "enroll_until": None,
        "is_open_to_all": True,
        "by": None,
    }
    return edit_cohort(cohort, **{**values, **changes})  # type: ignore[arg-type]


def test_cohorts_are_counted_per_course_and_year_in_roman_numerals() -> None:
    version = make.version()
    names = [str(create_cohort(version.course, starts_on=SOON, ends_on=SOON, by=None)) for _ in range(3)]
    assert names == ["Angkatan I", "Angkatan II", "Angkatan III"]
    other = create_cohort(make.version().course, starts_on=SOON, ends_on=SOON, by=None)
    assert str(other) == "Angkatan I"


def test_a_number_is_given_once() -> None:
    version = make.version()
    create_cohort(version.course, starts_on=SOON, ends_on=SOON, number=4, by=None)
    with pytest.raises(Refusal):
        create_cohort(version.course, starts_on=SOON, ends_on=SOON, number=4, by=None)
    assert str(create_cohort(version.course, starts_on=SOON, ends_on=SOON, by=None)) == "Angkatan V"


@pytest.mark.parametrize("number", [0, -1, 4000])
def test_a_number_that_roman_numerals_cannot_write_is_refused_beside_its_field(number: int) -> None:
    with pytest.raises(Refusal) as refused:
        create_cohort(make.version().course, starts_on=SOON, ends_on=SOON, number=number, by=None)
    assert refused.value.field == "number"


def test_only_officers_of_the_organiser_open_cohorts() -> None:
    people = cast()
    course = make.version(organiser=people.bkpsdm).course
    stranger = make.person(agency=people.a, role=RoleGrant.Role.OFFICER)
    for person in (people.learner, people.head, people.trainer, people.reviewer, stranger):
        with pytest.raises(NotYours):
            create_cohort(course, starts_on=SOON, ends_on=SOON, by=person)
    assert create_cohort(course, starts_on=SOON, ends_on=SOON, by=people.officer)
    assert create_cohort(course, starts_on=SOON, ends_on=SOON, by=people.admin)


def test_an_unpublished_course_has_no_cohorts() -> None:
    with pytest.raises(Refusal):
        create_cohort(make.version(published=False).course, starts_on=SOON, ends_on=SOON, by=None)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ends_on": SOON - timedelta(days=1)}, "ends_on"),
        ({"ends_on": SOON, "enroll_until": SOON + timedelta(days=1)}, "enroll_until"),
        ({"ends_on": SOON, "seats": 0}, "seats"),
    ],
)
def test_impossible_dates_and_seats_are_refused_beside_their_field(fields: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as refusal:
        create_cohort(make.version().course, starts_on=SOON, by=None, **fields)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_seats_never_fall_below_those_that_are_taken() -> None:
    cohort = make.cohort(seats=5, seats_taken=3)
    with pytest.raises(Refusal) as refusal:
        edit(cohort, seats=2)
    assert refusal.value.field == "seats"
    assert edit(cohort, seats=3).seats == 3
    assert edit(cohort, seats=None).seats is None


def test_a_cohort_is_closed_and_opened_again() -> None:
    people = cast()
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    assert close_cohort(cohort, by=people.officer).state == Cohort.State.CLOSED
    assert reopen_cohort(cohort, by=people.officer).state == Cohort.State.OPEN
    with pytest.raises(NotYours):
        close_cohort(cohort, by=people.trainer)


def test_only_who_bears_the_role_can_be_named_as_trainer() -> None:
    people = cast()
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    name_trainers(cohort, [people.trainer], by=people.officer)
    assert Cohort.objects.seen_in_office_by(people.trainer).get() == cohort
    with pytest.raises(Refusal):
        name_trainers(cohort, [people.learner], by=people.officer)


def test_a_course_has_one_self_paced_cohort() -> None:
    course = make.version().course
    assert self_paced_cohort(course) == self_paced_cohort(course)
    with pytest.raises(Refusal):
        self_paced_cohort(make.version(published=False).course)


def test_officers_see_the_cohorts_that_their_unit_organises_and_no_others() -> None:
    people = cast()
    ours = make.cohort(version=make.version(organiser=people.bkpsdm))
    make.cohort()
    assert list(Cohort.objects.seen_in_office_by(people.officer)) == [ours]
    for person in (people.learner, people.other_head, people.trainer):
        assert not Cohort.objects.seen_in_office_by(person).exists()
