"""What a course would add to IP-ASN: done or not done, within its window, and why. No database is asked."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from enrollments.siasn.index import Standing, Training, Why, category, estimate, months_before
from enrollments.siasn.models import IndexPoint

TODAY = date(2026, 11, 24)


def rule(column: str = "technical", posts: str = "staff", **fields: object) -> IndexPoint:
    values: dict[str, object] = {
        "points": Decimal("22.5"),
        "months": 12,
        "min_jp": Decimal(20),
        "types": ["3"],
        **fields,
    }
    return IndexPoint(posts=posts, column=column, **values)


STAFF = Standing("staff", "Pengadministrasi Umum", ())
LONG = Training("3", Decimal(24), TODAY)
TABLE = [rule(), rule("seminar", points=Decimal("17.5"), months=24, min_jp=Decimal(0), types=["4", "9"])]


def holding(*trainings: Training) -> Standing:
    return replace(STAFF, trainings=trainings)


def test_a_technical_training_of_twenty_jp_adds_the_whole_column() -> None:
    found = estimate(STAFF, LONG, TABLE)
    assert (found.points, found.why) == (Decimal("22.5"), Why.GAINS)


def test_a_column_is_scored_once_however_much_is_learned() -> None:
    found = estimate(holding(replace(LONG, on=date(2026, 3, 2))), replace(LONG, jp=Decimal(80)), TABLE)
    assert (found.points, found.why) == (Decimal(0), Why.HAS_IT)


@pytest.mark.parametrize(
    ("on", "gains"), [(date(2025, 11, 25), False), (date(2025, 11, 24), True), (date(2024, 1, 1), True)]
)
def test_what_lies_before_the_window_counts_no_more(on: date, gains: bool) -> None:
    assert bool(estimate(holding(replace(LONG, on=on)), LONG, TABLE).points) is gains


def test_a_short_training_adds_nothing_and_says_how_much_is_missing() -> None:
    found = estimate(STAFF, replace(LONG, jp=Decimal("4.50")), TABLE)
    assert (found.points, found.why, found.missing_jp) == (Decimal(0), Why.TOO_SHORT, Decimal("15.50"))


def test_short_trainings_add_up_only_where_the_row_says_so() -> None:
    some = holding(replace(LONG, jp=Decimal(16), on=date(2026, 3, 2)))
    course = replace(LONG, jp=Decimal(4))
    assert estimate(some, course, TABLE).why == Why.TOO_SHORT
    assert estimate(some, course, [rule(adds_up=True)]).why == Why.GAINS


def test_a_training_of_another_column_does_not_fill_this_one() -> None:
    assert estimate(holding(Training("9", Decimal(30), TODAY)), LONG, TABLE).points


def test_a_kind_that_no_column_of_the_post_counts_adds_nothing() -> None:
    assert estimate(STAFF, replace(LONG, type_code="1"), TABLE).why == Why.NOT_COUNTED
    assert estimate(replace(STAFF, posts="structural"), LONG, TABLE).why == Why.NOT_COUNTED


def test_a_course_without_a_kind_of_training_is_not_guessed_at() -> None:
    assert estimate(STAFF, replace(LONG, type_code=""), TABLE).why == Why.NOT_KNOWN


def test_posts_without_required_training_are_held_to_have_it() -> None:
    teacher = Standing("functional", "Guru Ahli Muda", ())
    duty = rule("duty", "functional", types=["2"], months=None, min_jp=Decimal(0), exempt_posts=["Guru"])
    assert estimate(teacher, replace(LONG, type_code="2"), [duty]).why == Why.EXEMPT
    assert estimate(replace(teacher, post="Arsiparis"), replace(LONG, type_code="2"), [duty]).why == Why.GAINS


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 15), 24, date(2024, 1, 15)),
        (date(2026, 12, 1), 12, date(2025, 12, 1)),
    ],
)
def test_months_are_counted_back_by_the_calendar(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


@pytest.mark.parametrize(
    ("total", "word"), [("91", "Sangat tinggi"), ("90", "Tinggi"), ("60.01", "Rendah"), ("60", "Sangat rendah")]
)
def test_the_category_of_an_official_value_follows_the_bands(total: str, word: str) -> None:
    assert category(Decimal(total)) == word
