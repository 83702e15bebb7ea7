"""The second wall: what the database itself keeps from who reads reports, whatever the application forgets to ask for."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import Q

from accounts.absences.models import Absence, Kind
from accounts.agencies.models import Agency
from accounts.people.models import PersonNumber, Placement, User
from asn_lms import prepare
from asn_lms.lib import reading
from asn_lms.lib.reading import behind_the_wall
from enrollments.certificates.models import Certificate
from enrollments.credits.models import Credit, LedgerEntry, LedgerPosting
from enrollments.enrolling.models import Enrollment
from enrollments.reports.actions import keep_report
from enrollments.reports.figures import AgencyReport
from enrollments.reports.models import Snapshot
from enrollments.reports.queries import agency_report, frame_of
from enrollments.reports.record import record_of
from enrollments.reports.shown import shown_to
from enrollments.reports.staff import Whom, staff, staff_page
from enrollments.reports.team import team_of
from enrollments.standings.actions import fold
from enrollments.standings.models import Standing, UnitCount
from enrollments.surveys.evaluation import courses_of_unit
from enrollments.surveys.models import Answer, Bundle, Invitation
from enrollments.tallies import models as tallies
from enrollments.tallies.actions import count
from enrollments.tallies.actions import fold as fold_tallies
from enrollments.tallies.models import Tally, TallyDelta
from tests import make
from tests.world import World, world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
# Each table behind the wall, and by which ways a row of it belongs to a unit.
PROTECTED: dict[type[Any], tuple[str, ...]] = {
    User: ("agency",),
    PersonNumber: ("person__agency",),
    Placement: ("person__agency",),
    Absence: ("person__agency",),
    Standing: ("agency",),
    UnitCount: ("agency",),
    Tally: ("agency",),
    TallyDelta: ("agency",),
    Snapshot: ("agency",),
    Enrollment: ("learner__agency", "completion_agency"),
    LedgerPosting: ("learner__agency",),
    LedgerEntry: ("postings__learner__agency",),
    Credit: ("learner__agency",),
    Certificate: ("enrollment__learner__agency", "enrollment__completion_agency"),
    Invitation: ("enrollment__learner__agency", "enrollment__completion_agency"),
    Bundle: ("unit",),
    Answer: ("bundle__unit",),
}


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Units of two governments with everything that there is: some of it counted into the sums, some not yet, a report of each kept.

    One world for the file: each test's own changes are taken back behind it, and the world behind the last.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield _world()
        transaction.set_rollback(True)


def _world() -> World:
    built = world()
    while fold():
        pass
    fold_tallies()
    for side in (built.own, built.sister, built.foreign):
        # So that each has something that is not counted yet.
        place = make.enrollment(learner=side.learner, due_on=date(2026, 6, 1), last_activity_at=NOW)
        make.credit(side.learner, 3)
        count(tallies.Measure.ENROLLED, side.agency, place.version.course, NOW.date())
        PersonNumber.objects.create(person=side.head, number=make.nip(), from_on=date(2026, 1, 1))
        Placement.objects.create(person=side.learner, agency=side.agency, employment="pns", from_on=date(2020, 1, 1))
        Absence.objects.create(person=side.learner, kind=Kind.SICK, from_on=date(2026, 2, 1), until_on=date(2026, 2, 9))
        keep_report(side.agency, 2026, NOW)
    return built


def is_below(unit: Agency, ways: tuple[str, ...]) -> Q:
    condition = Q(pk__in=[])
    for way in ways:
        condition |= Q(**{f"{way}__path__startswith": unit.path})
    return condition


def keys(model: type[Any], only: Q | None = None) -> set[Any]:
    """Of all rows that the database shows; without `only` nothing is filtered by the application."""
    return set(model._default_manager.filter(only or Q()).order_by().values_list("pk", flat=True))


def everything() -> dict[type[Any], set[Any]]:
    return {model: keys(model) for model in PROTECTED}


def roots() -> list[str]:
    return list(Agency.objects.filter(depth=1).values_list("path", flat=True))


def test_without_the_applications_filter_only_rows_of_the_unit_are_seen(made: World) -> None:
    unit = made.own.agency
    mine = {model: keys(model, is_below(unit, ways)) for model, ways in PROTECTED.items()}
    for model in PROTECTED:
        assert mine[model], f"{model._meta.db_table} has no row of the unit"
        assert keys(model) - mine[model], f"{model._meta.db_table} has no foreign row"
    assert behind_the_wall([unit.path], everything) == mine


def test_of_two_units_the_rows_of_both_are_seen(made: World) -> None:
    one, other = made.own.agency, made.foreign.agency
    mine = {
        model: keys(model, is_below(one, ways)) | keys(model, is_below(other, ways))
        for model, ways in PROTECTED.items()
    }
    assert behind_the_wall([one.path, other.path], everything) == mine


def test_who_was_told_no_unit_sees_nothing(made: World) -> None:
    assert behind_the_wall([], everything) == {model: set() for model in PROTECTED}


def test_who_reads_the_whole_tree_sees_every_row(made: World) -> None:
    assert behind_the_wall(roots(), everything) == everything()
    # And no condition of a policy stands before those of a search, which would keep it from its index.
    search = User.objects.filter(name__icontains="peserta").order_by()
    assert "agency_id" in behind_the_wall([made.own.agency.path], search.explain)
    assert "agency_id" not in behind_the_wall(roots(), search.explain)


def test_the_wall_stands_before_every_table_that_the_role_reads_and_that_names_a_unit_or_a_person(made: World) -> None:
    """A table that reports are to read later is granted, and then it needs a policy, or its columns say nothing about anybody."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
            WHERE c.relkind = 'r' AND has_table_privilege('asn_lms_reports', c.oid, 'SELECT') AND c.relnamespace = 'public'::regnamespace
            AND (a.attname ~ '^(agency|unit|learner|person|enrollment)_id$' OR c.relname = 'accounts_user')
            AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive AND c.relrowsecurity)
            """
        )
        # Whose sums are to be counted again: a bare number, which opens nothing.
        assert [row[0] for row in cursor.fetchall()] == ["enrollments_stale"]


def report_shown_to(person: User, unit: Agency) -> AgencyReport:
    """As on a page."""
    frame = frame_of(unit, 2026)
    return shown_to(person, lambda: agency_report(unit, 2026, NOW, frame=frame), before=frame).value


READS: dict[str, Callable[[World, Agency], Any]] = {
    "people": lambda made, unit: staff_page(unit, 2026, NOW.date()),
    "people by name": lambda made, unit: staff_page(unit, 2026, NOW.date(), name="peserta"),
    "people like a name": lambda made, unit: staff_page(unit, 2026, NOW.date(), name="pesarta"),
    "people of a file": lambda made, unit: list(staff(unit, 2026, NOW.date())),
    "team": lambda made, unit: team_of(made.own.head, [unit], NOW, order=None, after=""),
    "person": lambda made, unit: record_of(made.own.learner, 2026),
    "evaluations": lambda made, unit: courses_of_unit(unit),
}


def test_what_a_head_reads_behind_the_wall_is_what_the_owner_of_the_tables_reads(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted people and stale ones. That the figures are right is counted by hand in test_numbers.py, behind this wall."""
    unit = made.own.agency
    head = made.people.head
    behind = {name: shown_to(head, partial(read, made, unit)).value for name, read in READS.items()}
    report = report_shown_to(head, unit)
    monkeypatch.setattr(reading, "_RAISE", "SELECT %(units)s, %(patterns)s")
    assert behind == {name: read(made, unit) for name, read in READS.items()}
    assert report == agency_report(unit, 2026, NOW)


def test_the_unit_above_is_compared_with_exactly_while_its_people_stay_unseen(made: World) -> None:
    """Also what nobody has counted yet: a colleague beside reaches the target, another leaves for them, a third comes back."""
    head, unit, beside = made.people.head, made.own.agency, made.sister.agency
    colleague, leaver = make.person(agency=beside), make.person(agency=unit)
    Placement.objects.create(person=leaver, agency=unit, employment="pns", from_on=date(2020, 1, 1))
    before = report_shown_to(head, unit)
    make.credit(colleague, 20)
    Placement.objects.filter(person=leaver).update(until_on=date(2026, 3, 1))
    Placement.objects.create(person=leaver, agency=made.foreign.agency, employment="pns", from_on=date(2026, 3, 2))
    User.objects.filter(pk=leaver.pk).update(agency=made.foreign.agency)
    for _counted in range(2):
        after = report_shown_to(head, unit)
        assert before.above
        assert after.above
        assert (after.above.pns, after.above.reached) == (before.above.pns - 1, before.above.reached + 1)
        assert (after.staff.pns, after.headcount.moved) == (before.staff.pns - 1, before.headcount.moved + 1)
        assert after.headcount.total == before.headcount.total
        while fold():
            pass
    assert not {colleague.pk, leaver.pk} & behind_the_wall([unit.path], lambda: keys(User))


def test_sums_are_read_before_the_wall_or_not_at_all(made: World) -> None:
    with pytest.raises(RuntimeError, match="before the wall"):
        behind_the_wall([made.own.agency.path], lambda: agency_report(made.own.agency, 2026, NOW))


def test_a_view_that_asks_for_a_wrong_unit_gets_nothing_of_it(made: World) -> None:
    """The wall of a page is that of the person's grants, not that of the unit in the address."""
    wrong = report_shown_to(made.people.head, made.foreign.agency)
    right = agency_report(made.foreign.agency, 2026, NOW)
    assert right.staff.people > 0
    assert (wrong.staff.people, wrong.places.enrolled, wrong.units, wrong.courses, wrong.above) == (0, 0, [], [], None)
    assert wrong.headcount.total == 0
    assert (
        shown_to(made.people.head, lambda: staff_page(Whom((made.foreign.agency,)), 2026, NOW.date())).value.rows == []
    )


def test_behind_the_wall_nothing_can_be_written(made: World) -> None:
    def rename() -> None:
        User.objects.filter(pk=made.own.learner.pk).update(name="Tertulis")

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        behind_the_wall([made.own.agency.path], rename)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        behind_the_wall(roots(), rename)
    assert not User.objects.filter(name="Tertulis").exists()


def test_what_no_report_reads_cannot_be_read_there(made: World) -> None:
    def look(table: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT FROM {table} LIMIT 1")

    for table in ("django_session", "accounts_auditentry", "accounts_apitoken", "accounts_notice"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            behind_the_wall(roots(), partial(look, table))


class _BrokenError(Exception):
    pass


def test_after_the_wall_everything_is_as_before_whatever_happened_behind_it(made: World) -> None:
    def broken() -> None:
        raise _BrokenError

    everybody = keys(User)
    behind_the_wall([made.own.agency.path], lambda: keys(User))
    assert keys(User) == everybody
    with pytest.raises(_BrokenError):
        behind_the_wall([made.own.agency.path], broken)
    assert keys(User) == everybody


def test_a_unit_whose_path_begins_like_that_of_another_is_not_below_it(made: World) -> None:
    """Paths are of equal steps, so a beginning is a unit above; who is moved leaves the wall with the move."""
    unit = made.own.agency
    User.objects.filter(pk=made.own.learner.pk).update(agency=made.sister.agency)
    assert made.own.learner.pk not in behind_the_wall([unit.path], lambda: keys(User))
    assert made.own.learner.pk in behind_the_wall([made.sister.agency.path], lambda: keys(User))


def test_a_server_without_the_roles_answers_all_the_same(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one wall then, the application's."""
    behind = agency_report(made.own.agency, 2026, NOW)
    monkeypatch.setattr(reading, "_RAISE", reading._RAISE.replace("asn_lms_reports", "nobody_made_this_role"))
    assert agency_report(made.own.agency, 2026, NOW) == behind
    assert behind_the_wall([made.own.agency.path], everything) == everything()


def test_the_wall_is_raised_once_and_asking_again_changes_nothing(made: World) -> None:
    def policies() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT raise_report_wall()")
            assert cursor.fetchone()[0] is True
            cursor.execute("SELECT tablename, policyname, qual FROM pg_policies ORDER BY 1, 2")
            return list(cursor.fetchall())

    first = policies()
    assert len(first) == 2 * len(PROTECTED)
    assert policies() == first


def test_a_server_that_gives_no_roles_is_told_of_in_one_sentence_and_goes_on(
    made: World, capsys: pytest.CaptureFixture[str]
) -> None:
    before = behind_the_wall([made.own.agency.path], everything)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            pytest.skip("this server lets us make roles")
        cursor.execute("SELECT pg_get_functiondef('raise_report_wall'::regproc)")
        cursor.execute(cursor.fetchone()[0].replace("asn_lms_reports", "nobody_made_this_role"))
        prepare.raise_wall()
        transaction.set_rollback(True)
    assert capsys.readouterr().out.count("\n") == 1
    prepare.raise_wall()
    assert capsys.readouterr().out == ""
    assert behind_the_wall([made.own.agency.path], everything) == before
