"""Reminding: one digest a day, each step once, only within hours, never for what is over."""

import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice

from django.db import transaction

from accounts.agencies.models import Agency
from accounts.notices.hours import is_open, is_working_day, opening
from accounts.notices.kinds import SEND, Verdict, before_sending
from accounts.notices.models import Notice
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.later import later
from enrollments.credits.queries import year_of_credit, years_of_credit_of
from enrollments.enrolling.models import Enrollment, EnrollmentQuerySet
from enrollments.reminders.claims import Waiting, due_officers, is_any_waiting, waiting_of
from enrollments.reminders.digest import Digest, write_digest
from enrollments.reminders.models import Reminder
from enrollments.reminders.queries import DIGEST, Reminded, due_steps, in_zone, reminded_places
from enrollments.reminders.steps import Step, past_steps

logger = logging.getLogger(__name__)
BATCH = 200


def prepare(now: datetime, at: str | None = None) -> int:
    """Write today's digests for everybody who is due one and in whose zone mail may go out now. Returns how many.

    Run twice, or by two at once, it writes each once: (person, kind, day) and (place, step, deadline) are unique.
    """
    written = 0
    has_claims = is_any_waiting()
    for zone in Agency.Zone.values:
        if not is_open(now, zone):
            continue
        today = local_day(zone, now)
        _release_missed(zone, today)
        due, officers = due_steps(zone, today), due_officers(zone, today) if has_claims else {}
        for people in _batches(sorted({*due, *officers})):
            steps = {place: step for person in people for place, step in due.get(person, ())}
            waiting = {person: officers[person] for person in people if person in officers}
            written += _write(steps, waiting, zone, today)
    if written:
        later("notices.send_waiting", at)
    return written


@transaction.atomic
def _write(steps: dict[int, Step], waiting: dict[int, Waiting], zone: str, today: date) -> int:
    by_person = {**{person: list[Reminded]() for person in waiting}, **reminded_places(steps)}
    people = {places[0].enrollment.learner_id: places[0].enrollment.learner for places in by_person.values() if places}
    if waiting:
        people |= User.objects.select_related("agency").in_bulk([pk for pk in waiting if pk not in people])
    credit = years_of_credit_of(people.values(), today.year)
    drafts: dict[int, tuple[Notice, list[Reminded]]] = {}
    for pk, places in by_person.items():
        person = people[pk]
        digest = write_digest(person, places, credit[pk], today, waiting=waiting.get(pk))
        notice = Notice(
            person=person,
            kind=DIGEST,
            about=today.isoformat(),
            mail_state=Notice.Mail.DUE,
            not_before=opening(today, zone),
        )
        _fill(notice, digest)
        drafts[pk] = (notice, places)
    notices = [notice for notice, _places in drafts.values()]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    # Those that were there already keep their own message id, so only what we wrote is found.
    mine = {
        notice.person_id: notice
        for notice in Notice.objects.filter(message_id__in=[notice.message_id for notice in notices])
    }
    Reminder.objects.bulk_create(
        [
            Reminder(enrollment=one.enrollment, step=step, due_on=due_on, told_on=today, notice=mine[learner])
            for learner, (_notice, places) in drafts.items()
            if learner in mine
            for one in places
            for step, due_on in _told_by(one)
        ],
        ignore_conflicts=True,
    )
    return len(mine)


def _told_by(one: Reminded) -> Iterator[tuple[Step, date | None]]:
    """What the item settles: its step; and who is reminded of a deadline is not asked to start as well."""
    if one.step == Step.START:
        yield Step.START, None
        return
    yield one.step, one.enrollment.due_on
    if one.enrollment.started_at is None:
        yield Step.START, None


def _fill(notice: Notice, digest: Digest) -> None:
    notice.title, notice.body, notice.link, notice.data = digest.title[:200], digest.body, digest.link, digest.data


@transaction.atomic
def _release_missed(zone: str, today: date) -> None:
    """Digests of days gone by that could not be sent are held, and their steps are free for today's: one mail catches up."""
    missed = Notice.objects.filter(
        in_zone(zone, "person__"), kind=DIGEST, mail_state=Notice.Mail.DUE, about__lt=today.isoformat()
    )
    for notice in missed.select_for_update(skip_locked=True, of=("self",), no_key=True):
        _pass_on(notice)
        notice.mail_state, notice.mail_reason = Notice.Mail.HELD, Notice.Hold.DAY_PASSED
        notice.save(update_fields=["mail_state", "mail_reason"])


def _pass_on(notice: Notice) -> None:
    Reminder.objects.filter(notice=notice).delete()


@before_sending(DIGEST)
def still_true(notice: Notice, now: datetime) -> Verdict:
    """In the moment of sending: within hours of its own day, and only for what is still open. What was completed or given
    back since the digest was written, and claims that were decided, are left out; when nothing is left, nothing is sent.
    """
    zone = notice.person.zone
    today, day = local_day(zone, now), date.fromisoformat(notice.about)
    if today < day:
        return Verdict(not_before=opening(day, zone))
    if not is_open(now, zone):
        if today == day and is_working_day(day) and now < opening(day, zone):
            return Verdict(not_before=opening(day, zone))
        _pass_on(notice)
        return Verdict(hold=Notice.Hold.DAY_PASSED)
    if today > day:
        _pass_on(notice)
        return Verdict(hold=Notice.Hold.DAY_PASSED)
    open_steps = _still_open(notice)
    waiting = waiting_of(notice.person, today) if "claims" in notice.data else None
    if not open_steps and waiting is None:
        return Verdict(hold=Notice.Hold.OVER)
    places = reminded_places(open_steps).get(notice.person_id, [])
    credit = year_of_credit(notice.person, today.year)
    _fill(notice, write_digest(notice.person, places, credit, today, waiting=waiting))
    return SEND


def _still_open(notice: Notice) -> dict[int, Step]:
    """The places of a digest that are still in progress, with the step each was told of."""
    steps: dict[int, Step] = {}
    rows = Reminder.objects.filter(notice=notice, enrollment__status=Enrollment.Status.ACTIVE).select_related(
        "enrollment"
    )
    for row in rows:
        if row.step == Step.START:
            if row.enrollment.started_at is None:
                steps.setdefault(row.enrollment_id, Step.START)
        elif row.due_on == row.enrollment.due_on:
            steps[row.enrollment_id] = Step(row.step)
    return steps


def remember_past(places: EnrollmentQuerySet, today: date) -> int:
    """Note every step whose day lies before `today` as told, without telling anybody: for places that come with a history
    (demo, a former system), so that a first start mails nobody old. Returns how many steps were noted.
    """
    noted = 0
    rows = places.active().select_related("cohort", "learner__agency").iterator(chunk_size=2000)
    while batch := list(islice(rows, 2000)):
        reminders = []
        for place in batch:
            enrolled_on = local_day(place.learner.zone, place.enrolled_at)
            began_on = max(enrolled_on, place.cohort.starts_on or enrolled_on)
            reminders += [
                Reminder(enrollment=place, step=step, due_on=None if step == Step.START else place.due_on, told_on=day)
                for step, day in past_steps(place.due_on, began_on, today)
            ]
        noted += len(Reminder.objects.bulk_create(reminders, ignore_conflicts=True))
    return noted


def _batches(learners: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(learners)
    while batch := list(islice(rest, BATCH)):
        yield batch
