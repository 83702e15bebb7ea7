"""Sums of units are what a recount gives, whatever happened, in what order, and however many did it at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.agencies.models import Agency
from accounts.people.models import User
from enrollments.conversion.models import YearlyTarget
from enrollments.enrolling.actions import enroll
from enrollments.enrolling.models import Enrollment
from enrollments.reports.queries import agency_report
from enrollments.reports.recount import differences, standing_differences
from enrollments.standings.actions import count_anew, fold, make_compact
from enrollments.standings.models import Measure, Stale, Standing, UnitCount
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)


@pytest.fixture
def people() -> Cast:
    return cast()


def fold_all() -> None:
    while fold():
        pass


def sums_of(agency: Agency) -> dict[str, int]:
    """What is folded, by measure."""
    rows = UnitCount.objects.filter(agency=agency).values_list("measure", "value")
    found: dict[str, int] = {}
    for measure, value in rows:
        found[measure] = found.get(measure, 0) + int(value)
    return {measure: value for measure, value in found.items() if value}


def figures(agency: Agency) -> Any:
    report = agency_report(agency, 2026, NOW)
    return report.staff, report.places, report.units, report.courses, report.months


def test_a_place_is_counted_in_its_persons_unit_and_in_all_above(people: Cast) -> None:
    make.enrollment(learner=people.learner, due_on=date(2026, 12, 1))
    fold_all()
    for unit in (people.a, people.city):
        assert sums_of(unit)[Measure.ACTIVE] == sums_of(unit)[Measure.DUE] == sums_of(unit)[Measure.C_ACTIVE] == 1
    assert Measure.ACTIVE not in sums_of(people.b)
    assert Stale.objects.count() == 0


def test_who_moves_takes_their_places_along(people: Cast) -> None:
    make.enrollment(learner=people.learner)
    fold_all()
    User.objects.filter(pk=people.learner.pk).update(agency=people.b)
    before = figures(people.b), figures(people.a), figures(people.city)
    fold_all()
    assert (figures(people.b), figures(people.a), figures(people.city)) == before
    assert (sums_of(people.b)[Measure.ACTIVE], sums_of(people.city)[Measure.ACTIVE]) == (1, 1)
    assert Measure.ACTIVE not in sums_of(people.a)


def test_a_unit_that_is_moved_takes_its_sums_along_at_once(people: Cast) -> None:
    section = make.agency("Seksi", parent=people.a)
    make.enrollment(learner=make.person(agency=section))
    fold_all()
    make.enrollment(learner=make.person(agency=section))  # still stale when the unit moves
    Agency.objects.move(Agency.objects.get(pk=section.pk), Agency.objects.get(pk=people.b.pk), pos="last-child")
    assert standing_differences() == []
    assert figures(Agency.objects.get(pk=people.b.pk))[1].in_progress == 2
    fold_all()
    assert standing_differences() == []
    assert sums_of(people.b)[Measure.ACTIVE] == sums_of(people.city)[Measure.ACTIVE] == 2
    assert Measure.ACTIVE not in sums_of(people.a)


def test_a_target_that_is_changed_changes_who_reached_it(people: Cast) -> None:
    make.credit(people.learner, "12")
    fold_all()
    assert figures(people.a)[0].reached == 0
    YearlyTarget.objects.filter(employment="pns", kind="floor").update(jp=Decimal(10))
    assert figures(people.a)[0].reached == 1
    fold_all()
    assert figures(people.a)[0].reached == 1
    assert standing_differences() == []


def test_a_wrong_sum_is_found(people: Cast) -> None:
    make.enrollment(learner=people.learner)
    fold_all()
    assert standing_differences() == []
    UnitCount.objects.filter(agency=people.a, measure=Measure.ACTIVE).update(value=7)
    assert [(row["agency"], row["measure"], row["tallied"], row["counted"]) for row in standing_differences()] == [
        (people.a.code, "active", 7, 1)
    ]


def test_counting_anew_gives_the_same_compact_at_once(people: Cast) -> None:
    for unit in (people.a, people.b):
        learner = make.person(agency=unit)
        make.enrollment(learner=learner, due_on=date(2026, 2, 3), last_activity_at=NOW)
        make.credit(learner, "21")
    fold_all()
    make_compact()
    assert UnitCount.objects.get(agency=people.a, measure=Measure.DUE).day == date(2026, 2, 1)
    rows = set(UnitCount.objects.exclude(value=0).values_list("agency", "measure", "year", "item", "day", "value"))
    standings = dict(Standing.objects.values_list("pk", "counts"))
    UnitCount.objects.update(value=5)
    count_anew()
    assert set(UnitCount.objects.values_list("agency", "measure", "year", "item", "day", "value")) == rows
    assert {pk: sorted(map(str, some)) for pk, some in Standing.objects.values_list("pk", "counts")} == {
        pk: sorted(map(str, some)) for pk, some in standings.items()
    }


def test_fewer_rows_say_the_same(people: Cast) -> None:
    today = timezone.now().date()
    places = [
        make.enrollment(
            learner=people.learner,
            due_on=today - timedelta(days=days),
            last_activity_at=timezone.now() - timedelta(days=days),
        )
        for days in (1, 40, 41, 70, 400)
    ]
    fold_all()
    before = agency_report(people.a, today.year, timezone.now())
    assert make_compact()
    assert agency_report(people.a, today.year, timezone.now()).places == before.places
    # What was made compact can still be taken back.
    Enrollment.objects.filter(pk__in=[place.pk for place in places]).update(
        status="withdrawn", withdrawn_at=timezone.now(), due_on=None
    )
    fold_all()
    make_compact()
    assert agency_report(people.a, today.year, timezone.now()).places.overdue == 0
    assert standing_differences() == []


def test_who_is_gone_is_in_no_sum(people: Cast) -> None:
    someone = make.person(agency=people.a)
    fold_all()
    before = sums_of(people.a)[Measure.PNS]
    User.objects.filter(pk=someone.pk).update(is_active=False, deactivated_on=NOW.date())
    fold_all()
    assert sums_of(people.a)[Measure.PNS] == before - 1
    assert not Standing.objects.filter(pk=someone.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_movers_takers_and_folders_at_once_leave_no_difference() -> None:
    people = cast()
    learners = [make.person(agency=people.a) for _number in range(12)]
    cohort = make.cohort(seats=100)
    section = make.agency("Seksi Pindah", parent=people.a)

    def done(act: Any) -> None:
        try:
            act()
        finally:
            connections["default"].close()

    def move(learner: User, to: Agency) -> Any:
        return lambda: User.objects.filter(pk=learner.pk).update(agency=to)

    def hang(to: Agency) -> Any:
        return lambda: Agency.objects.move(
            Agency.objects.get(pk=section.pk), Agency.objects.get(pk=to.pk), pos="last-child"
        )

    acts: list[Any] = []
    for number, learner in enumerate(learners):
        acts += [
            lambda learner=learner: enroll(learner, cohort, by=None, now=timezone.now()),
            move(learner, (people.b, section, people.a)[number % 3]),
            fold,
        ]
    acts += [hang(people.b), fold]
    with ThreadPoolExecutor(8) as pool:
        for waiting in [pool.submit(done, act) for act in acts]:
            waiting.result(60)
    assert differences() == []
    fold_all()
    assert differences() == []
    assert Enrollment.objects.count() == len(learners) == sums_of(people.city)[Measure.ACTIVE]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM enrollments_stale")
        assert cursor.fetchone()[0] == 0
