"""Everybody is somewhere: of any unit, in any year, whatever happened, the parts of the headcount are those of a count by hand."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.absences.actions import record_absence, remove_absence
from accounts.absences.models import LEAVE, Absence, Kind
from accounts.agencies.models import Agency
from accounts.people.models import Placement, User
from asn_lms.lib.refusals import Refusal
from enrollments.conversion.models import YearlyTarget
from enrollments.enrolling.models import Enrollment
from enrollments.reports.figures import Headcount
from enrollments.reports.queries import agency_report
from enrollments.reports.recount import differences
from enrollments.standings.actions import fold
from tests import make
from tests.enrollments.reports.test_numbers import MOMENTS, NOW, Office, steps

# Half a year or more in 2025, too few days, half of each year, three years.
ABSENCES = [
    (date(2025, 2, 1), date(2025, 9, 30)),
    (date(2026, 6, 1), date(2026, 8, 31)),
    (date(2025, 7, 1), date(2026, 7, 2)),
    (date(2026, 1, 1), date(2028, 12, 31)),
]
BEGINNINGS = [None, date(2024, 5, 1), date(2025, 11, 15), date(2026, 10, 20)]
absences = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(list(Kind)), st.sampled_from(ABSENCES), st.booleans()), max_size=5
)


@settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(steps, absences, st.lists(st.sampled_from(BEGINNINGS), min_size=4, max_size=4), st.integers(0, 6))
def _story(self: Any, story: Any, away: Any, beginnings: Any, folded: int) -> None:
    office = Office()
    for learner, since in zip(office.learners, beginnings, strict=True):
        if since:
            begin(learner, since)
    office.live(story)
    for who, kind, (first, last), stays in away:
        try:
            absence = record_absence(office.learners[who], kind, from_on=first, until_on=last, by=None)
        except Refusal:
            continue
        if not stays:
            remove_absence(absence, by=None)
    fold(folded)  # so many people settled, the rest worked out by who reads
    nodes = [*office.units, Agency.objects.get_parent(office.unit)]
    check(nodes)
    # A unit that is moved changes who left what.
    Agency.objects.move(
        Agency.objects.get(pk=office.section.pk), Agency.objects.get(pk=office.beside.pk), pos="last-child"
    )
    check(nodes)
    assert differences() == []
    while fold():
        pass
    check(nodes)
    assert differences() == []


class TestHeadcount(TestCase):
    test_everybody_is_somewhere_and_just_once = _story


def begin(person: User, since: date) -> None:
    assert person.agency
    Placement.objects.create(person=person, agency=person.agency, employment=person.employment, from_on=since)


def check(nodes: list[Any]) -> None:
    for node in nodes:
        for year in (2025, 2026):
            unit = Agency.objects.get(pk=node.pk)
            report = agency_report(unit, year, NOW)
            assert report.headcount == by_hand(unit, year), (unit, year)
            assert report.headcount.total == report.staff.people + report.headcount.moved
            assert report.headcount.done == report.staff.reached


def by_hand(unit: Agency, year: int) -> Headcount:
    units = {one.pk for one in Agency.objects.all() if str(one.path).startswith(str(unit.path))}
    found = Counter(part for person in User.objects.all() for part in _part(person, units, year))
    return Headcount(**found)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _part(person: User, units: set[int], year: int) -> Iterator[str]:
    """Where this one person belongs; nowhere, who has nothing to do with these units."""
    places = list(Placement.objects.filter(person=person))
    here = person.is_active and person.agency_id in units
    if not here:
        ends = [
            (one, one.until_on or (None if person.is_active else person.deactivated_on))
            for one in places
            if one.agency_id in units
        ]
        if any(end and one.from_on <= end and one.from_on.year <= year <= end.year for one, end in ends):
            yield "moved"
        return
    if person.employment != "pns":
        yield "without_floor"
        return
    jp = (
        Enrollment.objects.filter(
            learner=person, status="completed", completed_at__gte=_new_year(year), completed_at__lt=_new_year(year + 1)
        ).aggregate(jp=Sum("version__jp"))["jp"]
        or 0
    )
    away = [
        absence.kind in LEAVE
        for absence in Absence.objects.filter(person=person)
        for day in _days(absence.from_on, absence.until_on)
        if day.year == year
    ]
    is_known = any(one.until_on is None and one.agency_id == person.agency_id for one in places)
    served = any(
        one.agency_id in units and one.from_on <= date(year, 9, 30) and (one.until_on or date.max) >= date(year, 1, 1)
        for one in places
    )
    is_learning = Enrollment.objects.active().filter(learner=person).exists()
    if jp >= 20:
        yield "done"
    elif len(away) >= 183:
        yield "on_leave" if sum(away) * 2 > len(away) else "exempt"
    elif is_known and not served:
        yield "joined_late"
    elif jp > 0 or (is_learning and year == 2026):
        yield "running"
    else:
        yield "not_started" if is_known else "unknown"


def _new_year(year: int) -> datetime:
    """In Medan."""
    return datetime(year - 1, 12, 31, 17, tzinfo=UTC)


@pytest.mark.django_db
def test_without_a_rule_for_the_year_nobody_is_said_to_be_behind() -> None:
    office = Office()
    YearlyTarget.objects.all().delete()
    counts = agency_report(office.unit, 2026, NOW).headcount
    assert (counts.done, counts.not_started, counts.unknown) == (0, 0, counts.total)


@pytest.mark.django_db
def test_from_which_month_one_joins_late_and_what_explains_a_year_are_rows() -> None:
    unit = make.agency()
    late, away = make.person(agency=unit), make.person(agency=unit)
    begin(late, date(2026, 8, 3))
    begin(away, date(2020, 1, 1))
    record_absence(away, Kind.SICK, from_on=date(2026, 3, 1), until_on=date(2026, 4, 30), by=None)
    assert agency_report(unit, 2026, NOW).headcount == Headcount(not_started=2)
    YearlyTarget.objects.filter(employment="pns", kind="floor").update(late_from_month=8, absence_days=60)
    assert agency_report(unit, 2026, NOW).headcount == Headcount(joined_late=1, on_leave=1)
    fold()
    assert agency_report(unit, 2026, NOW).headcount == Headcount(joined_late=1, on_leave=1)


@pytest.mark.django_db
def test_who_moved_between_two_units_is_new_in_one_and_gone_from_the_other_but_not_above_both() -> None:
    office = Office()
    person = office.learners[0]
    begin(person, date(2020, 1, 1))
    with patch.object(timezone, "now", lambda: MOMENTS[-1]):
        office._step("transfer", person, 2, len(MOMENTS) - 1, None)
    counts = [
        agency_report(unit, 2026, NOW).headcount
        for unit in (office.unit, office.beside, Agency.objects.get_parent(office.unit))
    ]
    assert [(one.moved, one.joined_late) for one in counts] == [(1, 0), (0, 1), (0, 0)]
