"""Who changes a row makes nobody wait who only points at it (docs/decisions/locks-leave-keys-alone.md)."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction

from asn_lms.embedded import ROOT
from courses.structure.models import Course
from enrollments.attempts.actions import take_input
from enrollments.cohorts.actions import locked_cohort, self_paced_cohort
from enrollments.enrolling.actions import enroll, locked_enrollment
from enrollments.enrolling.models import Enrollment
from tests import make

_LOCK = re.compile(r"select_for_update\((?P<how>(?:[^()]|\([^()]*\))*)\)")


def test_every_lock_leaves_the_key_alone() -> None:
    """A row that somebody locks can still be pointed at, so that no commit waits in a circle for who holds it."""
    found = [
        (f"{file.relative_to(ROOT)}: {lock[0]}", "no_key=True" in lock["how"])
        for app in ("accounts", "courses", "enrollments", "asn_lms")
        for file in (ROOT / app).rglob("*.py")
        for lock in _LOCK.finditer(file.read_text())
    ]
    assert len(found) > 70
    assert [where for where, leaves_key in found if not leaves_key] == []


@pytest.fixture
def elsewhere() -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Does something over a connection of its own that waits for no lock longer than a second."""
    with ThreadPoolExecutor(1) as thread:

        def impatiently(work: Callable[[], Any]) -> Any:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
            return work()

        yield lambda work: thread.submit(impatiently, work).result()
        thread.submit(connections.close_all).result()


@pytest.mark.django_db(transaction=True)
def test_a_place_is_given_while_somebody_else_opens_the_course_for_learning_at_ones_own_pace(
    elsewhere: Callable[[Callable[[], Any]], Any],
) -> None:
    cohort = make.cohort()
    learner = make.person()
    with transaction.atomic():
        self_paced_cohort(Course.objects.get(pk=cohort.course_id))
        elsewhere(lambda: enroll(learner, cohort, by=None))
    assert Enrollment.objects.get(learner=learner).cohort_id == cohort.pk


@pytest.mark.django_db(transaction=True)
def test_a_course_is_completed_while_somebody_else_leaves_the_same_cohort(
    elsewhere: Callable[[Callable[[], Any]], Any],
) -> None:
    cohort = make.cohort(version=make.version(lessons=1))
    one, other = (make.enrollment(cohort=cohort) for _ in range(2))
    with transaction.atomic():
        locked_cohort(cohort)
        locked_enrollment(other)
        elsewhere(lambda: take_input(one, one.version.lessons.get(), {"done": "1"}, by=one.learner))
    one.refresh_from_db()
    assert one.status == Enrollment.Status.COMPLETED
