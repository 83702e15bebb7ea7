"""Promises about what counts: caps by the day of study, corrections and reversals, the year that is closed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from accounts.audit.models import AuditEntry
from asn_lms.lib.refusals import NotYours, Refusal
from courses.structure.models import Lesson, Module
from courses.taxonomy.models import LearningPath
from enrollments.credits.actions import close_year, correct_credit, credit_completion, credit_outside, reverse_credit
from enrollments.credits.explanation import how_changed, how_counted
from enrollments.credits.models import Credit, LedgerEntry, LedgerPosting
from enrollments.credits.queries import months_of_credit, statement, year_figures, year_of_credit, years_of_credit
from enrollments.credits.recount import faults, recount
from enrollments.progress.actions import finish_lesson
from enrollments.reports.recount import differences
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
D = Decimal
DAY = date(2026, 3, 12)


@pytest.fixture
def people() -> Cast:
    return cast()


def path(code: str) -> LearningPath:
    return LearningPath.objects.get(code=code)


def completed(people: Cast, jp: int | str = 4, code: str = "NKL03", **fields: Any) -> Any:
    version = make.version(jp=D(jp), path=path(code), organiser=people.bkpsdm)
    return make.enrollment(learner=people.learner, cohort=make.cohort(version=version), status="completed", **fields)


def outside(people: Cast, code: str, quantity: int, dates: list[date], **fields: Any) -> Credit:
    number = Credit.objects.count()
    values: dict[str, Any] = {
        "reference": f"klaim {number}",
        "title": f"Kegiatan {number}",
        "path": path(code),
        "scope": "national",
    }
    return credit_outside(people.learner, quantity=D(quantity), dates=dates, **(values | fields))


def uncounted() -> list[dict[str, Any]]:
    """Where the tallies of JP disagree with the books. Places that tests write by hand are in no tally."""
    return [one for one in differences() if one["measure"] == "jp"]


def earned(people: Cast, year: int = 2026) -> Decimal:
    return year_of_credit(people.learner, year).earned


@pytest.mark.usefixtures("_plain_kinds")
def test_the_cap_looks_at_the_days_on_which_lessons_were_finished_not_at_the_day_of_completion(people: Cast) -> None:
    """Thirty minutes on Wednesday, sixty on Thursday, in Medan: an hour before midnight there is Wednesday, one after is not."""
    version = make.version(jp=D(6), path=path("NKL03"), lessons=0, organiser=people.bkpsdm, published=False)
    module = Module.objects.create(version=version, title="Satu", jp=6, position=1)
    lessons = [
        Lesson.objects.create(version=version, module=module, position=n, kind="plain", title=f"{n}", minutes=30)
        for n in range(3)
    ]
    place = make.enrollment(learner=people.learner, cohort=make.cohort(version=make.publish(version)))
    for lesson, at in zip(lessons, ("11T16:59", "11T17:01", "12T03:00"), strict=True):
        finish_lesson(place, lesson, now=datetime.fromisoformat(f"2026-03-{at}").replace(tzinfo=UTC))
    credit = Credit.objects.get()
    assert [(day.on.day, day.gross_jp, day.jp) for day in credit.days.all()] == [(11, D(2), D(2)), (12, D(4), D(3))]
    assert (credit.gross_jp, credit.jp, credit.on, credit.year) == (D(6), D(5), DAY, 2026)
    assert earned(people) == 5
    assert uncounted() == []


def test_the_reason_is_said_in_words(people: Cast) -> None:
    with translation.override("id"):
        said = how_counted(credit := credit_completion(completed(people), on=DAY), list(credit.days.all()))
        monthly = outside(people, "NKL01", 3, [DAY, DAY, date(2026, 3, 20)])
        assert (
            " ".join(said) == "4 jam pelajaran: 4 JP. 1 JP tidak dihitung karena batas 3 JP sehari, pada 12 Maret 2026."
        )
        assert how_counted(monthly, list(monthly.days.all())) == [
            "3 sesi, masing-masing 2 JP: 6 JP.",
            "2 JP tidak dihitung karena batas 4 JP sebulan, pada Maret 2026.",
        ]


def test_one_cap_holds_for_all_courses_of_a_path_and_only_for_that_path(people: Cast) -> None:
    assert [credit_completion(completed(people, 2), on=DAY).jp for _ in range(3)] == [2, 1, 0]
    assert credit_completion(completed(people, 8, "KL03"), on=DAY).jp == 8
    assert credit_completion(completed(people, 3), on=date(2026, 3, 13)).jp == 3
    assert earned(people) == 14
    assert faults() == []


def test_a_completion_is_credited_once(people: Cast) -> None:
    place = completed(people)
    assert credit_completion(place, on=DAY) == credit_completion(place, on=date(2026, 3, 13))
    assert (earned(people), LedgerPosting.objects.count()) == (D(3), 4)


def test_what_is_learned_outside_shares_the_month_and_keeps_its_quantity(people: Cast) -> None:
    first = outside(people, "NKL02", 2, [DAY, DAY])
    second = outside(people, "NKL02", 1, [date(2026, 3, 30)])
    third = outside(people, "NKL02", 1, [date(2026, 4, 1)], scope="international")
    assert [(one.quantity, one.gross_jp, one.jp) for one in (first, second, third)] == [
        (D(a), D(b), D(c)) for a, b, c in ((2, 4, 4), (1, 2, 0), (1, 4, 4))
    ]
    assert third.rule
    assert third.rule.cap == 8
    assert uncounted() == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"quantity": D(0)}, "quantity"),
        ({"dates": []}, "quantity"),
        ({"dates": [date(2199, 1, 1)]}, "dates"),
        ({"path": "KL12"}, "path"),
        ({"path": "KL01", "scope": "international"}, "path"),
        ({"dates": [date(2018, 5, 5)]}, "path"),
        ({"dates": [date(2024, 5, 5)]}, "dates"),
    ],
)
def test_a_claim_that_gives_nothing_is_refused_beside_its_field(
    people: Cast, fields: dict[str, Any], field: str
) -> None:
    close_year(people.city, 2024, by=people.admin)
    values: dict[str, Any] = {"quantity": D(1), "dates": [DAY], "path": "KL06", "scope": "national"} | fields
    values["path"] = path(values["path"])
    with pytest.raises(Refusal) as refused:
        credit_outside(people.learner, reference="klaim 1", title="Seminar", **values)
    assert refused.value.field == field
    assert not Credit.objects.exists()


def test_an_officer_lets_a_credit_count_otherwise_with_a_reason_that_the_learner_reads(people: Cast) -> None:
    credit = credit_completion(completed(people), on=DAY)
    correct_credit(credit, D("3.5"), by=people.officer, reason="Belajar sampai lewat tengah malam")
    assert earned(people) == D("3.5")
    [line] = statement(people.learner, 2026)
    assert (line.recorded, line.jp, [one.jp for one in line.changes]) == (D(3), D("3.5"), [D("0.5")])
    with translation.override("id"):
        assert "+0,5 JP" in how_changed(credit, line.changes[0])
        assert "Belajar sampai lewat tengah malam" in how_changed(credit, line.changes[0])
    audit = AuditEntry.objects.get(action="credit.corrected")
    assert (audit.actor, audit.agency, audit.details["before"]) == (people.officer, people.a, "3.00")
    with pytest.raises(Refusal) as refused:
        correct_credit(credit, D("3.5"), by=people.officer, reason="Lagi")
    assert refused.value.field == "jp"
    with pytest.raises(Refusal) as refused:
        correct_credit(credit, D(2), by=people.officer, reason="  ")
    assert refused.value.field == "reason"
    assert uncounted() == []
    assert (faults(), list(recount())) == ([], [])


@pytest.mark.parametrize("who", ["learner", "head", "other_head", "reviewer", "trainer", "other_learner"])
def test_nobody_but_officers_changes_what_counts(people: Cast, who: str) -> None:
    credit = credit_completion(completed(people), on=DAY)
    with pytest.raises(NotYours):
        correct_credit(credit, D(20), by=people[who], reason="Mau")
    with pytest.raises(NotYours):
        reverse_credit(credit, by=people[who], reason="Mau")
    assert earned(people) == 3


def test_an_officer_does_not_change_their_own(people: Cast) -> None:
    credit = make.credit(people.officer, 4, on=DAY)
    with pytest.raises(NotYours):
        correct_credit(credit, D(20), by=people.officer, reason="Mau")


def test_a_reversal_takes_all_back_once_and_leaves_the_room_to_others(people: Cast) -> None:
    credit = credit_completion(completed(people), on=DAY)
    first = reverse_credit(credit, by=people.officer, reason="Sertifikat dicabut")
    assert reverse_credit(credit, by=None, reason="Sertifikat dicabut") == first
    assert (earned(people), LedgerEntry.objects.filter(kind="reversal").count()) == (D(0), 1)
    assert all(LedgerPosting.objects.filter(account=account).balance() == 0 for account in LedgerPosting.Account)
    [line] = statement(people.learner, 2026)
    assert line.is_reversed
    assert credit_completion(completed(people, 2), on=DAY).jp == 2
    # What was capped before stays as it was: caps are counted forward only.
    assert list(recount()) == []
    assert uncounted() == []
    correct_credit(credit, D(3), by=people.officer, reason="Pencabutan keliru")
    assert earned(people) == 5


def test_a_closed_year_stays_and_corrections_of_it_are_booked_in_the_open_one_and_say_so(people: Cast) -> None:
    credit = credit_completion(completed(people), on=date(2025, 11, 3))
    make.credit(people.head, "7.25", on=date(2025, 1, 1))
    figures = year_figures(people.city, 2025)
    assert (figures.people, figures.gross, figures.capped, figures.counted) == (2, D("11.25"), D(1), D("10.25"))
    closed = close_year(people.city, 2025, by=people.admin)
    assert (closed.people, closed.jp) == (2, D("10.25"))
    assert close_year(people.city, 2025, by=people.admin) == closed
    assert (earned(people, 2025), months_of_credit(people.learner, 2025)[10]) == (D(3), D(3))
    reverse_credit(credit, by=people.officer, reason="Sertifikat dicabut")
    this_year = timezone.now().year
    assert (earned(people, 2025), earned(people, this_year)) == (D(3), D(-3))
    [line] = statement(people.learner, this_year)
    assert (line.recorded, line.jp) == (D(0), D(-3))
    with translation.override("id"):
        assert "Tahun 2025 sudah ditutup" in how_changed(credit, line.changes[0])
    assert years_of_credit(people.learner) == [this_year, 2025]
    assert year_figures(people.city, 2025).counted == D("10.25")
    assert AuditEntry.objects.filter(action="year.closed", actor=people.admin).count() == 1
    assert uncounted() == []
    assert (faults(), list(recount())) == ([], [])


def test_a_completion_that_reaches_a_closed_year_counts_in_the_present_one(people: Cast) -> None:
    close_year(people.city, 2025, by=None)
    credit = credit_completion(completed(people, 2), on=date(2025, 12, 31))
    assert (credit.on, credit.year, earned(people, 2025)) == (date(2025, 12, 31), timezone.now().year, D(0))
    assert earned(people, timezone.now().year) == 2
    assert len(how_counted(credit, list(credit.days.all()))) == 2


def test_a_year_is_closed_by_the_administrator_of_the_whole_government_once_it_is_over(people: Cast) -> None:
    for person in (people.officer, people.head, make.person(agency=people.a, role="admin")):
        with pytest.raises(NotYours):
            close_year(people.city, 2025, by=person)
    with pytest.raises(Refusal, match=str(timezone.now().year)):
        close_year(people.city, timezone.now().year, by=people.admin)


def test_another_government_closes_its_own_books_only(people: Cast) -> None:
    other = make.person()
    assert other.agency
    make.credit(other, 5, on=date(2025, 5, 5))
    make.credit(people.learner, 2, on=date(2025, 5, 5))
    assert close_year(people.city, 2025, by=people.admin).jp == 2
    make.credit(other, 1, on=date(2025, 6, 6))
    assert year_of_credit(other, 2025).earned == 6


def test_the_sum_of_a_year_costs_two_queries(people: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(5):
        make.credit(people.learner, 1, on=date(2026, 1, 1 + number))
    with django_assert_max_num_queries(2):
        assert year_of_credit(people.learner, 2026).earned == 5
    with django_assert_max_num_queries(3):
        assert sum(line.jp for line in statement(people.learner, 2026)) == 5
