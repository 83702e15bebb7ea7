"""Promises about places."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.audit.models import AuditEntry
from accounts.notices.models import Notice
from accounts.roles.models import RoleGrant
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.actions import (
    cancel_cohort,
    enroll,
    enroll_self_paced,
    reschedule,
    reschedule_all,
    withdraw,
)
from enrollments.enrolling.models import Enrollment
from enrollments.enrolling.refusals import AlreadyLearning, CohortFull, EnrolmentClosed
from enrollments.tallies.models import TallyDelta
from tests import make
from tests.cast import cast

NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)


@pytest.mark.django_db
def test_the_last_seat_can_be_taken_but_not_the_one_after_it() -> None:
    cohort = make.cohort(seats=1)
    first, second = make.person(), make.person()
    assert enroll(first, cohort, by=first, now=NOW)
    with pytest.raises(CohortFull):
        enroll(second, cohort, by=second, now=NOW)


@pytest.mark.django_db
def test_a_withdrawn_place_frees_its_seat() -> None:
    cohort = make.cohort(seats=1)
    first, second = make.person(), make.person()
    withdraw(enroll(first, cohort, by=first, now=NOW), "Sedang tugas luar", by=first, now=NOW)
    assert enroll(second, cohort, by=second, now=NOW).status == Enrollment.Status.ACTIVE
    cohort.refresh_from_db()
    assert cohort.seats_taken == 1


@pytest.mark.django_db
def test_enrolling_twice_gives_the_same_place_and_takes_one_seat() -> None:
    cohort, learner = make.cohort(seats=5), make.person()
    first = enroll(learner, cohort, by=learner, now=NOW)
    assert enroll(learner, cohort, by=learner, now=NOW) == first
    cohort.refresh_from_db()
    assert cohort.seats_taken == 1
    assert TallyDelta.objects.filter(measure="enrolled").count() == 1


@pytest.mark.django_db
def test_the_deadline_is_stored_when_one_enrols() -> None:
    learner = make.person()
    dated = enroll(learner, make.cohort(ends_on=date(2026, 6, 30)), by=learner, now=NOW)
    version = make.version(self_paced_days=30)
    paced = enroll_self_paced(learner, version.course, by=learner, now=NOW)
    without = make.version(self_paced_days=None)
    assert dated.due_on == date(2026, 6, 30)
    assert paced.due_on == date(2026, 4, 1)
    assert enroll_self_paced(learner, without.course, by=learner, now=NOW).due_on is None


@pytest.mark.django_db
def test_days_are_counted_where_the_learner_serves() -> None:
    east = make.person(agency=make.agency(zone="Asia/Jayapura"))
    version = make.version(self_paced_days=1)
    # 16.00 UTC is the next day at 01.00 in Jayapura, and another month.
    late = datetime(2026, 1, 31, 16, tzinfo=UTC)
    assert enroll_self_paced(east, version.course, by=east, now=late).due_on == date(2026, 2, 2)
    assert TallyDelta.objects.get(measure="enrolled").month == date(2026, 2, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"state": Cohort.State.CLOSED},
        {"state": Cohort.State.CANCELLED},
        {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 3, 1)},
        {"enroll_until": date(2026, 3, 1)},
    ],
)
def test_a_cohort_that_is_closed_cancelled_over_or_past_its_window_takes_nobody(fields: dict[str, Any]) -> None:
    learner = make.person()
    with pytest.raises(EnrolmentClosed):
        enroll(learner, make.cohort(**fields), by=learner, now=NOW)


@pytest.mark.django_db
def test_an_officer_may_still_add_somebody_after_the_window() -> None:
    people = cast()
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm), enroll_until=date(2026, 3, 1))
    with pytest.raises(EnrolmentClosed):
        enroll(people.learner, cohort, by=people.learner, now=NOW)
    assert enroll(people.learner, cohort, by=people.officer, now=NOW)


@pytest.mark.django_db
def test_nobody_gives_places_to_others_but_officers_of_organiser_and_unit() -> None:
    people = cast()
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    officer_of_a = make.person(agency=people.a, role=RoleGrant.Role.OFFICER)
    for stranger in (people.other_learner, people.head, people.trainer, officer_of_a):
        with pytest.raises(NotYours):
            enroll(people.learner, cohort, by=stranger, now=NOW)
    outsider = make.person()
    with pytest.raises(NotYours):
        enroll(outsider, cohort, by=people.officer, now=NOW)


@pytest.mark.django_db
def test_a_cohort_by_appointment_is_not_open_for_self_enrolment() -> None:
    people = cast()
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm), is_open_to_all=False)
    with pytest.raises(NotYours):
        enroll(people.learner, cohort, by=people.learner, now=NOW)
    assert enroll(people.learner, cohort, by=people.officer, now=NOW)


@pytest.mark.django_db
def test_one_course_is_learned_in_one_place_at_a_time() -> None:
    version, learner = make.version(), make.person()
    enroll(learner, make.cohort(version=version), by=learner, now=NOW)
    with pytest.raises(AlreadyLearning):
        enroll_self_paced(learner, version.course, by=learner, now=NOW)


@pytest.mark.django_db
def test_a_completed_version_is_not_learned_again_but_the_next_version_is() -> None:
    version, learner = make.version(), make.person()
    make.enrollment(learner=learner, cohort=make.cohort(version=version), status=Enrollment.Status.COMPLETED)
    with pytest.raises(AlreadyLearning):
        enroll_self_paced(learner, version.course, by=learner, now=NOW)
    version.state = "retired"
    version.save()
    make.version(course=version.course)
    assert enroll_self_paced(learner, version.course, by=learner, now=NOW)


@pytest.mark.django_db
def test_self_paced_learners_begin_on_the_published_version() -> None:
    old, learner = make.version(), make.person()
    first = enroll_self_paced(make.person(), old.course, by=None, now=NOW)
    old.state = "retired"
    old.save()
    new = make.version(course=old.course)
    assert enroll_self_paced(learner, new.course, by=learner, now=NOW).version == new
    first.refresh_from_db()
    assert first.version == old


@pytest.mark.django_db
def test_a_person_without_a_unit_or_who_has_left_cannot_be_enrolled() -> None:
    cohort = make.cohort()
    for person in (make.person(agency=None), make.person(is_active=False, deactivated_on=date(2026, 1, 1))):
        with pytest.raises(Refusal):
            enroll(person, cohort, by=None, now=NOW)


@pytest.mark.django_db
def test_who_is_enrolled_by_an_officer_is_told_once() -> None:
    people = cast()
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    enroll(people.learner, cohort, by=people.officer, now=NOW)
    enroll(people.learner, cohort, by=people.officer, now=NOW)
    assert Notice.objects.filter(person=people.learner, kind="enrolled").count() == 1
    enroll(people.other_learner, cohort, by=people.other_learner, now=NOW)
    assert not Notice.objects.filter(person=people.other_learner).exists()


@pytest.mark.django_db
def test_withdrawing_needs_a_reason_and_leaves_a_trace() -> None:
    enrollment = make.enrollment()
    with pytest.raises(Refusal):
        withdraw(enrollment, "  ", by=enrollment.learner)
    withdraw(enrollment, "Pindah tugas", by=enrollment.learner, now=NOW)
    withdraw(enrollment, "Sekali lagi", by=enrollment.learner, now=NOW)
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.withdrawal_reason) == (Enrollment.Status.WITHDRAWN, "Pindah tugas")
    assert TallyDelta.objects.filter(measure="withdrawn").count() == 1
    assert AuditEntry.objects.filter(action="enrollment.withdrawn").count() == 1


@pytest.mark.django_db
def test_another_learner_cannot_end_a_place_and_a_completed_one_stays() -> None:
    with pytest.raises(NotYours):
        withdraw(make.enrollment(), "iseng", by=make.person())
    done = make.enrollment(status=Enrollment.Status.COMPLETED)
    with pytest.raises(Refusal):
        withdraw(done, "berubah pikiran", by=done.learner)


@pytest.mark.django_db
def test_a_deadline_moves_only_while_the_course_is_learned() -> None:
    people = cast()
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm))
    active = make.enrollment(cohort=cohort, learner=people.learner)
    done = make.enrollment(cohort=cohort, status=Enrollment.Status.COMPLETED)
    assert reschedule(active, date(2027, 1, 31), by=people.officer).due_on == date(2027, 1, 31)
    with pytest.raises(Refusal):
        reschedule(done, date(2027, 1, 31), by=people.officer)
    with pytest.raises(NotYours):
        reschedule(active, None, by=people.learner)
    assert reschedule_all(cohort, None, by=people.officer) == 1
    assert reschedule_all(cohort, date(2027, 2, 1), by=people.officer, only_due_on=date(2020, 1, 1)) == 0


@pytest.mark.django_db
def test_a_cancelled_cohort_lets_its_people_go_and_tells_them_why() -> None:
    people = cast()
    cohort = make.cohort(version=make.version(organiser=people.bkpsdm), seats=2)
    enroll(people.learner, cohort, by=people.learner, now=NOW)
    cancel_cohort(cohort, "Gedung dipakai pemilu", by=people.officer)
    cohort.refresh_from_db()
    assert (cohort.state, cohort.seats_taken) == (Cohort.State.CANCELLED, 0)
    assert "Gedung dipakai pemilu" in Notice.objects.get(person=people.learner, kind="withdrawn").body


@pytest.mark.django_db
def test_a_cohort_that_somebody_completed_cannot_be_cancelled() -> None:
    cohort = make.cohort()
    make.enrollment(cohort=cohort, status=Enrollment.Status.COMPLETED)
    with pytest.raises(Refusal):
        cancel_cohort(cohort, "batal", by=None)
    cohort.refresh_from_db()
    assert cohort.state == Cohort.State.OPEN


def at_once(work: Callable[[int], bool], times: int) -> int:
    """Run it that many times at once, each on its own connection; how many said yes."""
    gate = Barrier(times)

    def run(number: int) -> bool:
        try:
            gate.wait(timeout=60)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return sum(pool.map(run, range(times)))


@pytest.mark.django_db(transaction=True)
def test_fifty_people_at_once_take_exactly_the_five_seats_there_are() -> None:
    cohort = make.cohort(seats=5, ends_on=date.today() + timedelta(days=30))
    agency = make.agency()
    learners = [make.person(agency=agency) for _ in range(50)]

    def take(number: int) -> bool:
        try:
            enroll(learners[number], cohort, by=learners[number])
        except CohortFull:
            return False
        return True

    assert at_once(take, 50) == 5
    cohort.refresh_from_db()
    assert cohort.seats_taken == 5 == Enrollment.objects.live().filter(cohort=cohort).count()


@pytest.mark.django_db(transaction=True)
def test_one_person_who_clicks_everywhere_at_once_gets_one_place() -> None:
    version, learner = make.version(), make.person()
    cohorts = [make.cohort(version=version, ends_on=date.today() + timedelta(days=30)) for _ in range(4)]

    def take(number: int) -> bool:
        try:
            enroll(learner, cohorts[number % 4], by=learner)
        except AlreadyLearning:
            return False
        return True

    assert at_once(take, 8) >= 1
    assert Enrollment.objects.live().filter(learner=learner).count() == 1
