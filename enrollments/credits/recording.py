"""From activities to credits: converted, kept within their caps, and booked, all in one transaction and each once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from accounts.agencies.models import Agency
from asn_lms.lib.days import local_day
from enrollments.conversion.formula import Conversion, convert
from enrollments.conversion.models import Scope
from enrollments.conversion.queries import RuleBook, rule_book
from enrollments.credits.ledger import Account, Booking, Books, Move, hold_people, write
from enrollments.credits.models import Credit, CreditDay, LedgerEntry
from enrollments.tallies.actions import Counted, count_many
from enrollments.tallies.models import Measure

Kind = LedgerEntry.Kind


@dataclass(frozen=True)
class Activity:
    """Something that somebody did and that gives JP: a place that was completed, or (`reference`, `title`) something outside.

    `studied`: the days on which it was done, with their weights; `on`: the day on which it was completed.
    """

    learner_id: int
    agency: Agency
    quantity: Decimal
    studied: Mapping[date, int]
    on: date
    path_id: int | None
    scope: str = Scope.NATIONAL
    enrollment_id: int | None = None
    course_id: int | None = None
    reference: str | None = None
    title: str = ""

    @property
    def source(self) -> int | str | None:
        return self.enrollment_id or self.reference


def record_credits(activities: Sequence[Activity]) -> list[Credit]:
    """A credit for each activity, in their order: of two that share a cap the earlier takes the room. Call it in a transaction.

    What was recorded before gives its credit again. What belongs to a closed year counts in the present one.
    """
    hold_people(activity.learner_id for activity in activities)
    known = _known(activities)
    fresh = [activity for activity in activities if activity.source not in known]
    rules = rule_book(activity.path_id for activity in fresh)
    books = Books(activity.agency for activity in fresh)
    room = _Room(fresh)
    made = [(activity, *_converted(activity, rules, books, room)) for activity in fresh]
    credits = Credit.objects.bulk_create([credit for _activity, credit, _done in made], batch_size=2000)
    days = [
        CreditDay(credit=credit, on=share.on, gross_jp=share.gross, jp=share.jp)
        for _activity, credit, done in made
        for share in done.shares
    ]
    CreditDay.objects.bulk_create(days, batch_size=2000)
    counted = []
    bookings = []
    for activity, credit, _done in made:
        # The day of completion, unless its year was closed: then today, in the year in which it counts instead.
        on = activity.on if credit.year == activity.on.year else local_day(activity.agency.zone)
        bookings += _bookings(credit, books.book(activity.agency), on)
        if credit.jp:
            counted.append(Counted(Measure.JP, activity.agency.pk, activity.course_id, on, credit.jp))
    write(bookings)
    count_many(counted)
    known |= {activity.source: credit for (activity, _credit, _done), credit in zip(made, credits, strict=True)}
    return [known[activity.source] for activity in activities]


def foresee(activity: Activity, rules: RuleBook, books: Books) -> tuple[Credit, list[CreditDay]]:
    """What it would be recorded as now, by the same rules, caps and books. Writes nothing; one query.

    Nobody waits for it: what is recorded meanwhile may take its room.
    """
    credit, done = _converted(activity, rules, books, _Room([activity]))
    return credit, [CreditDay(credit=credit, on=share.on, gross_jp=share.gross, jp=share.jp) for share in done.shares]


def _known(activities: Sequence[Activity]) -> dict[int | str | None, Credit]:
    rows = Credit.objects.filter(
        Q(enrollment__in=[one.enrollment_id for one in activities if one.enrollment_id])
        | Q(reference__in=[one.reference for one in activities if one.reference])
    )
    return {row.enrollment_id or row.reference: row for row in rows}


def _converted(activity: Activity, rules: RuleBook, books: Books, room: "_Room") -> tuple[Credit, Conversion]:
    rule = rules.rule(activity.path_id, activity.scope, activity.on)
    done = convert(rule, activity.quantity, activity.studied, room.taken(activity))
    room.take(activity, done)
    book, today = books.book(activity.agency), local_day(activity.agency.zone)
    credit = Credit(
        learner_id=activity.learner_id,
        enrollment_id=activity.enrollment_id,
        reference=activity.reference,
        title=activity.title,
        path_id=activity.path_id,
        scope=activity.scope,
        rule=rule,
        agency=activity.agency,
        quantity=activity.quantity,
        gross_jp=done.gross,
        jp=done.jp,
        on=activity.on,
        year=books.day(book.pk, activity.on, today).year,
    )
    return credit, done


def _bookings(credit: Credit, book: Agency, on: date) -> list[Booking]:
    """All of it is credited, then the cap takes its part: both can be read in the books."""
    found = []
    for kind, move in (
        (Kind.CREDIT, Move(Account.ACTIVITY, Account.COUNTED, credit.gross_jp)),
        (Kind.CAP, Move(Account.COUNTED, Account.CAPPED, credit.capped_jp)),
    ):
        if move.jp:
            entry = LedgerEntry(kind=kind, key=f"{kind} {credit.pk}", book=book, about=credit)
            found.append(Booking(entry, credit.learner_id, on, (move,)))
    return found


class _Room:
    """JP that counted already, by person, path and day. What was taken back by a reversal has left its room to others."""

    def __init__(self, activities: Sequence[Activity]) -> None:
        self._taken: dict[tuple[int, int | None], dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        on = [day for activity in activities for day in activity.studied]
        if not on:
            return
        reversed_ = LedgerEntry.objects.filter(about=OuterRef("credit"), kind=Kind.REVERSAL)
        rows = CreditDay.objects.filter(
            ~Exists(reversed_),
            # Whole months: the longest period that a cap has.
            on__range=(min(on).replace(day=1), max(on) + timedelta(days=31)),
            credit__learner__in={activity.learner_id for activity in activities},
            credit__path__in={activity.path_id for activity in activities if activity.path_id},
        )
        for learner, path, day, jp in rows.values_list("credit__learner", "credit__path", "on", "jp"):
            self._taken[learner, path][day] += jp

    def taken(self, activity: Activity) -> Mapping[date, Decimal]:
        return self._taken[activity.learner_id, activity.path_id]

    def take(self, activity: Activity, done: Conversion) -> None:
        for share in done.shares:
            self._taken[activity.learner_id, activity.path_id][share.on] += share.jp
