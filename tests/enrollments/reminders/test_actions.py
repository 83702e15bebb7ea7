"""Reminding: once a day, each step once, within hours, never for what is over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from accounts.agencies.models import Agency, Holiday
from accounts.notices.actions import send_mail, send_waiting
from accounts.notices.models import Notice
from accounts.people.models import User
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.models import Enrollment
from enrollments.reminders.actions import prepare, remember_past
from enrollments.reminders.models import Reminder
from enrollments.reminders.queries import due_steps
from enrollments.reminders.steps import Step, deadline_step
from tests import make

pytestmark = pytest.mark.django_db
# A Wednesday, 08.00 in Medan
WEDNESDAY = date(2026, 11, 25)
EIGHT = datetime(2026, 11, 25, 1, tzinfo=UTC)
ENROLLED = datetime(2026, 10, 1, 3, tzinfo=UTC)


def place(due_in: int | None = 3, person: User | None = None, *, started: bool = True, **fields: Any) -> Enrollment:
    values = {
        "learner": person or make.person(),
        "due_on": None if due_in is None else WEDNESDAY + timedelta(days=due_in),
        "enrolled_at": ENROLLED,
        "started_at": ENROLLED if started else None,
        **fields,
    }
    return make.enrollment(**values)


def digests() -> list[Notice]:
    return list(Notice.objects.filter(kind="digest").order_by("id"))


def test_a_learner_is_reminded_three_days_before_the_deadline_once() -> None:
    course = make.version(title="Komunikasi Efektif")
    place(3, cohort=make.cohort(version=course))
    assert prepare(EIGHT) == 1
    assert prepare(EIGHT + timedelta(hours=1)) == 0
    assert send_waiting(EIGHT) == 1
    assert send_waiting(EIGHT) == 0
    assert prepare(EIGHT + timedelta(days=1)) == 0
    assert [one.subject for one in mail.outbox] == ["3 hari lagi: Komunikasi Efektif"]


def test_all_that_waits_for_a_learner_comes_in_one_mail_the_nearest_first() -> None:
    person = make.person()
    for due_in, title in ((7, "Nanti"), (1, "Besok"), (-1, "Lewat")):
        place(due_in, person, cohort=make.cohort(version=make.version(title=title)))
    assert prepare(EIGHT) == 1
    [digest] = digests()
    assert digest.title.endswith("Lewat")
    assert [item["title"] for item in digest.data["items"]] == ["Besok", "Nanti"]
    assert Reminder.objects.filter(notice=digest).count() == 3


def test_what_falls_due_later_in_the_day_waits_for_the_next_summary() -> None:
    person = make.person()
    place(3, person)
    prepare(EIGHT)
    place(1, person)
    assert prepare(EIGHT + timedelta(hours=2)) == 0
    assert prepare(EIGHT + timedelta(days=1)) == 1


@pytest.mark.parametrize(
    ("hour", "goes_out"), [((6, 59), False), ((7, 0), True), ((17, 59), True), ((18, 0), False), ((23, 0), False)]
)
@pytest.mark.parametrize("zone", Agency.Zone.values)
def test_reminders_keep_office_hours_in_the_persons_zone(zone: str, hour: tuple[int, int], goes_out: bool) -> None:
    place(3, make.person(agency=make.agency(zone=zone)))
    now = datetime(2026, 11, 25, *hour, tzinfo=ZoneInfo(zone))
    assert prepare(now) == int(goes_out)


@pytest.mark.parametrize("day", [date(2026, 11, 28), date(2026, 11, 29)])
def test_no_reminder_on_a_weekend_but_one_on_monday(day: date) -> None:
    place((day - WEDNESDAY).days + 3)
    assert prepare(datetime(day.year, day.month, day.day, 1, tzinfo=UTC)) == 0
    assert prepare(datetime(2026, 11, 30, 1, tzinfo=UTC)) == 1


def test_no_reminder_on_a_holiday_or_a_day_of_joint_leave() -> None:
    Holiday.objects.create(on=WEDNESDAY, name="Cuti bersama", is_joint_leave=True)
    place(3)
    assert prepare(EIGHT) == 0
    assert prepare(EIGHT + timedelta(days=1)) == 1


def test_a_clock_that_stood_still_for_days_catches_up_with_one_mail() -> None:
    person = make.person()
    place(7, person, cohort=make.cohort(version=make.version(title="A")))
    later = EIGHT + timedelta(days=5)  # the seventh and the third day before were both missed
    assert prepare(later) == 1
    assert prepare(later + timedelta(hours=1)) == 0
    assert Reminder.objects.get().step == Step.H3


@pytest.mark.parametrize(
    "over",
    [
        {"status": Enrollment.Status.COMPLETED},
        {"status": Enrollment.Status.WITHDRAWN},
        {"due_on": WEDNESDAY - timedelta(days=60)},
    ],
)
def test_what_is_over_reminds_nobody(over: dict[str, Any]) -> None:
    place(3, **over)
    assert prepare(EIGHT) == 0


def test_a_cancelled_cohort_and_an_inactive_person_are_left_alone() -> None:
    place(3, cohort=make.cohort(state=Cohort.State.CANCELLED))
    place(3, make.person(is_active=False, deactivated_on=WEDNESDAY))
    assert prepare(EIGHT) == 0


def test_what_is_completed_between_writing_and_sending_is_not_mailed() -> None:
    enrollment = place(3)
    prepare(EIGHT)
    Enrollment.objects.update(
        status=Enrollment.Status.COMPLETED, completed_at=EIGHT, completion_agency=enrollment.agency
    )
    send_waiting(EIGHT)
    [digest] = digests()
    assert (digest.mail_state, digest.mail_reason) == (Notice.Mail.HELD, Notice.Hold.OVER)
    assert not mail.outbox


def test_what_is_given_back_between_writing_and_sending_is_left_out_of_the_mail() -> None:
    person = make.person()
    gone = place(1, person, cohort=make.cohort(version=make.version(title="Dilepas")))
    place(3, person, cohort=make.cohort(version=make.version(title="Tetap")))
    prepare(EIGHT)
    Enrollment.objects.filter(pk=gone.pk).update(status=Enrollment.Status.WITHDRAWN, withdrawn_at=EIGHT)
    send_waiting(EIGHT)
    [letter] = mail.outbox
    assert letter.subject == "3 hari lagi: Tetap"
    assert "Dilepas" not in str(letter.body) + str(letter.message())


def test_a_summary_that_missed_its_day_is_held_and_the_next_one_takes_it_up() -> None:
    place(3)
    prepare(EIGHT)
    next_day = EIGHT + timedelta(days=1)
    assert prepare(next_day) == 1
    send_waiting(next_day)
    first, second = digests()
    assert (first.mail_state, first.mail_reason) == (Notice.Mail.HELD, Notice.Hold.DAY_PASSED)
    assert second.mail_state == Notice.Mail.SENT
    assert second.title.startswith("2 hari lagi")


def test_a_summary_is_not_mailed_in_the_evening() -> None:
    place(3)
    prepare(EIGHT)
    send_waiting(EIGHT + timedelta(hours=10))
    assert digests()[0].mail_state == Notice.Mail.HELD
    assert prepare(EIGHT + timedelta(days=1)) == 1


def test_a_summary_of_tomorrow_waits_for_tomorrows_opening() -> None:
    place(3)
    prepare(EIGHT)
    [digest] = digests()
    send_mail(digest.pk, EIGHT - timedelta(days=1))
    digest.refresh_from_db()
    assert (digest.mail_state, digest.not_before) == (Notice.Mail.DUE, datetime(2026, 11, 25, 0, tzinfo=UTC))


def test_who_turned_mail_off_still_finds_the_reminder_in_the_inbox() -> None:
    place(3, make.person(wants_mail=False))
    assert prepare(EIGHT) == 1
    assert send_waiting(EIGHT) == 0
    [digest] = digests()
    assert (digest.mail_state, digest.mail_reason) == (Notice.Mail.HELD, Notice.Hold.UNWANTED)


def test_who_has_not_started_three_days_after_the_cohort_began_is_asked_once() -> None:
    cohort = make.cohort(starts_on=WEDNESDAY - timedelta(days=3), version=make.version(title="Baru"))
    place(30, cohort=cohort, started=False)
    place(30, cohort=make.cohort(starts_on=WEDNESDAY - timedelta(days=2)), started=False)
    place(30, cohort=make.cohort(starts_on=WEDNESDAY - timedelta(days=200)), started=False)
    assert prepare(EIGHT) == 1
    send_waiting(EIGHT)
    assert digests()[0].title == "Belum dimulai: Baru"
    assert prepare(EIGHT + timedelta(days=2)) == 1  # the second one: its own third day came


def test_who_is_reminded_of_a_deadline_is_not_asked_to_start_as_well() -> None:
    place(7, started=False, enrolled_at=EIGHT - timedelta(days=4), cohort=make.cohort(self_paced=True))
    assert prepare(EIGHT) == 1
    send_waiting(EIGHT)
    assert prepare(EIGHT + timedelta(days=1)) == 0


def test_a_moved_deadline_begins_its_own_steps() -> None:
    enrollment = place(3)
    prepare(EIGHT)
    Enrollment.objects.filter(pk=enrollment.pk).update(due_on=WEDNESDAY + timedelta(days=4))
    assert prepare(EIGHT + timedelta(days=1)) == 1


def test_a_place_that_came_with_a_history_is_not_reminded_of_it() -> None:
    for due_in in (-9, -2, 0, 2, 6):
        place(due_in)
    place(3)
    assert remember_past(Enrollment.objects.all(), WEDNESDAY) > 5
    assert prepare(EIGHT) == 1
    assert Reminder.objects.filter(notice__isnull=False).get().step == Step.H3


def test_the_rule_in_sql_is_the_rule_in_words() -> None:
    people = {}
    for due_in in range(-24, 10):
        for enrolled_before in (0, 1, 5, 30):
            enrolled = EIGHT - timedelta(days=enrolled_before)
            one = place(due_in, enrolled_at=enrolled)
            due_on = WEDNESDAY + timedelta(days=due_in)
            people[one.learner_id] = (one, deadline_step(due_on, enrolled.date(), WEDNESDAY))
    expected = {learner: [(one.pk, step)] for learner, (one, step) in people.items() if step}
    assert due_steps(Agency.Zone.WIB, WEDNESDAY) == expected


@pytest.mark.parametrize("count", [3, 30])
def test_the_number_of_queries_does_not_grow_with_the_people(count: int, django_assert_max_num_queries: Any) -> None:
    cohort = make.cohort()
    for _ in range(count):
        place(3, cohort=cohort)
    with django_assert_max_num_queries(30):
        assert prepare(EIGHT) == count


def test_a_learner_who_reads_english_is_reminded_in_english() -> None:
    place(1, make.person(language="en"), cohort=make.cohort(version=make.version(title="Data")))
    prepare(EIGHT)
    assert digests()[0].title == "Tomorrow is the deadline: Data"
