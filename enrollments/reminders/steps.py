"""When a place is reminded of what. Pure: days in the learner's zone in, a step out.

Source: domain reference §12 (H-7, H-3, H-1 of a deadline; enrolled and not started). After the deadline: the day after, then
weekly, three times in all. A step whose day was missed (a weekend, a clock that stood still) is told once on the next day on
which mail goes out; a later step replaces an earlier one, and one that is a week old is not told at all.
"""

from datetime import date, timedelta

from enrollments.reminders.models import Reminder

Step = Reminder.Step

# The day of each step, counted from the deadline.
OFFSETS = {Step.H7: -7, Step.H3: -3, Step.H1: -1, Step.OVER1: 1, Step.OVER2: 8, Step.OVER3: 15}
FIRST, LAST = min(OFFSETS.values()), max(OFFSETS.values())
# How long after its day a step may still be told.
LATE_BY = 7
# Days after which somebody who has not started is asked.
START_AFTER = 3


def deadline_step(due_on: date, enrolled_on: date, today: date) -> Step | None:
    """The step that a deadline is at today. None before the first, between enrolment and the next, and when all is over."""
    passed = [step for step, offset in OFFSETS.items() if due_on + timedelta(days=offset) <= today]
    if not passed:
        return None
    step = passed[-1]
    day = due_on + timedelta(days=OFFSETS[step])
    if day < enrolled_on or today - day >= timedelta(days=LATE_BY):
        return None
    return step


def start_step(began_on: date, today: date) -> bool:
    """Whether somebody who could begin on `began_on` (enrolled, and the cohort running) and did not is asked today."""
    return START_AFTER <= (today - began_on).days < START_AFTER + LATE_BY


def past_steps(due_on: date | None, began_on: date, today: date) -> list[tuple[Step, date]]:
    """Every step whose day lies before today, with that day: what a place with a history has behind it."""
    days = [(Step.START, began_on + timedelta(days=START_AFTER))]
    if due_on:
        days += [(step, due_on + timedelta(days=offset)) for step, offset in OFFSETS.items()]
    return [(step, day) for step, day in days if day < today]
