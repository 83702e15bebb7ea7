"""When a place is reminded of what."""

from datetime import date, timedelta

import pytest

from enrollments.reminders.steps import Step, deadline_step, past_steps, start_step

DUE = date(2026, 11, 27)
LONG_BEFORE = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("days_left", "step"),
    [
        (8, None),
        (7, Step.H7),
        (4, Step.H7),  # the seventh day before was missed: once, on the next day that mail goes out
        (3, Step.H3),
        (2, Step.H3),
        (1, Step.H1),
        (0, Step.H1),
        (-1, Step.OVER1),
        (-7, Step.OVER1),
        (-8, Step.OVER2),
        (-15, Step.OVER3),
        (-21, Step.OVER3),
        (-22, None),
        (-400, None),
    ],
)
def test_each_day_has_one_step(days_left: int, step: Step | None) -> None:
    assert deadline_step(DUE, LONG_BEFORE, DUE - timedelta(days=days_left)) == step


def test_who_enrols_late_is_not_reminded_of_days_before_they_came() -> None:
    enrolled = DUE - timedelta(days=5)
    assert deadline_step(DUE, enrolled, enrolled) is None
    assert deadline_step(DUE, enrolled, DUE - timedelta(days=3)) == Step.H3
    assert deadline_step(DUE, DUE + timedelta(days=3), DUE + timedelta(days=3)) is None


def test_who_has_not_started_is_asked_once_after_three_days_and_not_months_later() -> None:
    began = date(2026, 11, 2)
    asked = [days for days in range(40) if start_step(began, began + timedelta(days=days))]
    assert asked == list(range(3, 10))


def test_a_place_with_a_history_has_its_past_steps_behind_it() -> None:
    steps = past_steps(DUE, date(2026, 11, 1), DUE)
    assert [step for step, _day in steps] == [Step.START, Step.H7, Step.H3, Step.H1]
    assert past_steps(None, date(2026, 11, 1), date(2026, 11, 3)) == []
