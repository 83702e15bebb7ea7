"""A head's numbers: right, the same everywhere, and nobody else's."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from accounts.agencies.models import Agency
from accounts.jobs.actions import claim_job
from accounts.people.models import User
from accounts.signin.actions import acknowledge
from accounts.signin.queries import current_notice
from asn_lms.lib.refusals import NotYours
from enrollments.credits.models import Credit
from enrollments.enrolling.actions import enroll
from enrollments.enrolling.models import Enrollment
from enrollments.progress.actions import finish_lesson
from enrollments.reports.actions import ask_for_export
from enrollments.reports.figures import Staff
from enrollments.reports.queries import agency_report
from enrollments.reports.recount import differences
from enrollments.reports.staff import Show, spread, staff, staff_page
from enrollments.reports.tasks import write_export
from enrollments.standings.actions import fold as fold_standings
from enrollments.tallies.actions import count, fold
from enrollments.tallies.models import Measure, Tally, TallyDelta
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture
def people() -> Cast:
    return cast()


def credit(person: User, jp: int | str, on: date = date(2026, 3, 2)) -> Credit:
    return make.credit(person, jp, on=on)


def test_only_active_pns_are_in_the_share(people: Cast) -> None:
    credit(people.learner, 20)
    for employment in (User.Employment.PPPK, User.Employment.CPNS):
        credit(make.person(agency=people.a, employment=employment), 30)
    gone = make.person(agency=people.a, is_active=False, deactivated_on=TODAY)
    credit(gone, 40)
    report = agency_report(people.a, 2026, NOW)
    assert (report.staff.pns, report.staff.reached, report.staff.pppk, report.staff.cpns) == (2, 1, 1, 1)
    assert report.staff.share == Decimal("50.0")


def test_nineteen_and_ninety_nine_hundredths_are_not_twenty(people: Cast) -> None:
    credit(people.learner, "19.99")
    assert agency_report(people.a, 2026, NOW).staff.reached == 0
    credit(people.learner, "0.01")
    assert agency_report(people.a, 2026, NOW).staff.reached == 1


def test_jp_of_last_year_do_not_count_this_year(people: Cast) -> None:
    credit(people.learner, 20, on=date(2025, 12, 31))
    assert agency_report(people.a, 2026, NOW).staff.reached == 0
    assert agency_report(people.a, 2025, NOW).staff.reached == 1


@pytest.mark.parametrize("is_folded", [False, True])
def test_a_report_of_a_few_units_and_courses_has_their_rows_as_the_whole_one_and_says_how_many_there_are(
    people: Cast, *, is_folded: bool
) -> None:
    """Who serves in the unit itself is told apart from all units below it, of which only one is shown."""
    for number in range(3):
        learner = make.person(agency=make.agency(f"Seksi {number}", parent=Agency.objects.get(pk=people.a.pk)))
        credit(learner, 5 * number)
        for place in range(number + 1):
            due = {"due_on": date(2026, 6, 1)} if number == 1 else {}
            make.enrollment(learner=learner, cohort=make.cohort(name=f"Angkatan {number} {place}"), **due)
    credit(people.learner, 20)
    while is_folded and fold_standings():
        pass
    whole = agency_report(people.a, 2026, NOW)
    short = agency_report(people.a, 2026, NOW, units=1, courses=2)
    assert (len(whole.units), len(whole.courses)) == (whole.units_total, whole.courses_total) == (4, 10)
    assert short.courses == whole.courses[:2]
    assert [row.places.overdue for row in short.courses] == [1, 1]
    [itself] = [row for row in whole.units if row.is_self]
    assert itself.staff.people == 2
    assert short.units == [next(row for row in whole.units if not row.is_self), itself]
    assert replace(short, units=whole.units, courses=whole.courses) == whole


def test_a_head_sees_the_people_of_the_whole_subtree_and_nobody_else(people: Cast) -> None:
    section = make.agency("Seksi A1", parent=people.a)
    make.person(agency=section)
    report = agency_report(people.a, 2026, NOW)
    assert report.staff.people == 3
    assert {(row.name, row.staff.people) for row in report.units} == {("Dinas A", 2), ("Seksi A1", 1)}


def test_a_transfer_moves_the_person_but_not_the_month(people: Cast) -> None:
    place = make.enrollment(learner=people.learner, status=Enrollment.Status.COMPLETED)
    count(Measure.COMPLETED, people.a, place.version.course, date(2026, 3, 2))
    people.learner.agency = people.b
    people.learner.save()
    a, b = agency_report(people.a, 2026, NOW), agency_report(people.b, 2026, NOW)
    assert (a.places.completed, b.places.completed) == (0, 1)
    assert (a.months[2].completed, b.months[2].completed) == (1, 0)


def test_who_moved_before_completing_is_in_progress_in_neither_unit(people: Cast) -> None:
    place = enroll(people.learner, make.cohort(), by=None, now=datetime(2026, 2, 2, tzinfo=UTC))
    User.objects.filter(pk=people.learner.pk).update(agency=people.b)
    for lesson in place.version.lessons.all():
        finish_lesson(place, lesson, now=datetime(2026, 4, 2, tzinfo=UTC))
    months = [[row.in_progress for row in agency_report(unit, 2026, NOW).months[1:5]] for unit in (people.a, people.b)]
    assert months == [[1, 1, 0, 0], [0, 0, 0, 0]]


def test_a_share_is_the_same_in_words_and_in_files() -> None:
    """Halves upwards, and never 100 before everybody has it."""
    assert Staff(pns=16, reached=1).share == Decimal("6.3")
    assert Staff(pns=2000, reached=1999).share == Decimal("99.9")
    assert Staff(pns=3, reached=3).share == Decimal(100)


def test_overdue_means_open_after_the_deadline(people: Cast) -> None:
    make.enrollment(learner=people.learner, due_on=date(2026, 11, 23))
    make.enrollment(learner=people.learner, due_on=TODAY)
    make.enrollment(learner=people.learner, due_on=date(2026, 1, 1), status=Enrollment.Status.WITHDRAWN)
    report = agency_report(people.a, 2026, NOW)
    assert (report.places.in_progress, report.places.overdue) == (2, 1)
    assert report.months[10].overdue == 1


def test_the_line_rises_in_the_month_in_which_the_floor_was_reached(people: Cast) -> None:
    credit(people.learner, 12, on=date(2026, 2, 10))
    credit(people.learner, 8, on=date(2026, 5, 3))
    months = agency_report(people.a, 2026, NOW).months
    assert [row.reached for row in months] == [0, 0, 0, 0, *[1] * 7]


def test_who_misses_most_stands_first_and_paging_loses_nobody(people: Cast) -> None:
    for number in range(7):
        credit(make.person(f"Pegawai {number}", agency=people.a), number * 3)
    first = staff_page(people.a, 2026, TODAY, show=Show.BELOW, limit=4)
    second = staff_page(people.a, 2026, TODAY, show=Show.BELOW, after=first.after, limit=4)
    third = staff_page(people.a, 2026, TODAY, show=Show.BELOW, after=second.after, limit=4)
    names = [row.name for row in first.rows + second.rows + third.rows]
    assert len(names) == len(set(names)) == first.total == 9
    missing = [row.missing for row in first.rows + second.rows + third.rows]
    assert missing == sorted(missing, key=lambda jp: -(jp or 0))


def test_the_list_the_share_and_the_spread_agree(people: Cast) -> None:
    for jp in (0, 5, 19, 20, 45):
        credit(make.person(agency=people.a), jp)
    report = agency_report(people.a, 2026, NOW)
    assert staff_page(people.a, 2026, TODAY, show=Show.REACHED).total == report.staff.reached == 2
    assert staff_page(people.a, 2026, TODAY, show=Show.BELOW).total == report.staff.below
    assert sum(number for _step, number in spread(people.a, 2026)) == report.staff.pns
    assert sum(row.jp for row in staff(people.a, 2026, TODAY)) == report.staff.pns_jp


def test_a_name_with_percent_signs_is_only_a_name(people: Cast) -> None:
    assert staff_page(people.a, 2026, TODAY, name="%").total == 0
    assert staff_page(people.a, 2026, TODAY, name="rina").total == 1


def test_folding_changes_no_number(people: Cast) -> None:
    course = make.version().course
    for _time in range(3):
        count(Measure.ENROLLED, people.a, course, date(2026, 3, 2))
    before = agency_report(people.a, 2026, NOW).months
    assert fold() == 3
    assert fold() == 0
    count(Measure.ENROLLED, people.a, course, date(2026, 3, 2), -1)
    after = agency_report(people.a, 2026, NOW).months
    assert (before[2].enrolled, after[2].enrolled) == (3, 2)
    assert (Tally.objects.filter(agency=people.a).count(), TallyDelta.objects.count()) == (1, 1)


def test_a_tally_that_disagrees_with_the_rows_is_found(people: Cast) -> None:
    place = make.enrollment(learner=people.learner)
    count(Measure.ENROLLED, people.a, place.version.course, place.enrolled_at.date())
    assert differences() == []
    count(Measure.ENROLLED, people.a, place.version.course, place.enrolled_at.date())
    assert [(row["agency"], row["tallied"], row["counted"]) for row in differences()] == [
        (unit.code, 2, 1) for unit in sorted([people.a, people.city], key=lambda unit: unit.code)
    ]


def _signed_in(client: Client, person: User) -> Client:
    notice = current_notice()
    assert notice
    acknowledge(person, notice)
    client.force_login(person)
    return client


def test_the_other_head_sees_nothing_of_it(client: Client, people: Cast) -> None:
    _signed_in(client, people.other_head)
    assert client.get(f"/reports/?agency={people.a.pk}").status_code == 404
    assert client.get(f"/reports/people/{people.learner.pk}/").status_code == 404
    assert "Dinas A" not in client.get("/reports/").content.decode()
    with pytest.raises(NotYours):
        ask_for_export(people.a, 2026, by=people.other_head)


def test_a_learner_has_no_report(client: Client, people: Cast) -> None:
    assert _signed_in(client, people.learner).get("/reports/").status_code == 403


@pytest.mark.parametrize("extra", [3, 30])
def test_the_report_needs_no_more_queries_for_more_people(
    client: Client, people: Cast, extra: int, django_assert_max_num_queries: object
) -> None:
    for _number in range(extra):
        make.enrollment(learner=make.person(agency=make.agency(parent=people.a)))
    _signed_in(client, people.head)
    for path in (
        "/reports/",
        f"/reports/?agency={people.a.pk}",
        "/reports/people/",
        f"/reports/people/{people.learner.pk}/",
    ):
        client.get(path)
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            assert client.get(path).status_code == 200


def test_page_file_and_api_say_the_same(client: Client, people: Cast) -> None:
    credit(people.learner, "12.50")
    make.enrollment(learner=people.learner, due_on=date(2026, 1, 2))
    _signed_in(client, people.head)
    job = ask_for_export(people.a, 2026, by=people.head)
    file = io.BytesIO()
    claimed = claim_job(job.pk)
    assert claimed
    write_export(claimed, file)
    file.seek(0)
    book = CalamineWorkbook.from_filelike(file)
    sheet = book.get_sheet_by_index(5).to_python()
    row = next(line for line in sheet if line[0] == "Rina Peserta")
    api = client.get("/api/v1/reports/people", {"agency": str(people.a.code), "year": "2026"}).json()
    person = next(one for one in api["items"] if one["name"] == "Rina Peserta")
    assert (row[1], row[5], row[6]) == (people.learner.nip, 12.5, 7.5)
    assert (person["nip"], Decimal(person["jp"]), Decimal(person["missing"])) == (
        people.learner.nip,
        Decimal("12.5"),
        Decimal("7.5"),
    )
    completion = client.get("/api/v1/reports/completion", {"agency": str(people.a.code), "year": "2026"}).json()
    assert (completion["staff"]["pns"], completion["places"]["overdue"]) == (2, 1)
    assert client.get("/api/v1/reports/people", {"agency": people.b.code}).status_code == 404
