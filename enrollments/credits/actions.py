"""Recording JP, and changing afterwards what of them counts. Lock order: enrollment → people's JP → the year of a book."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.refusals import NotYours, Refusal
from courses.taxonomy.models import LearningPath
from enrollments.conversion.queries import RuleBook, rule_book
from enrollments.credits.ledger import Account, Booking, Books, Move, hold_people, hold_year, standing, write
from enrollments.credits.models import ClosedYear, Credit, CreditDay, LedgerEntry
from enrollments.credits.queries import year_figures
from enrollments.credits.recording import Activity, foresee, record_credits
from enrollments.credits.rules import may_close, may_correct, may_reverse
from enrollments.enrolling.models import Enrollment
from enrollments.tallies.actions import Counted, count_many
from enrollments.tallies.models import Measure

Kind = LedgerEntry.Kind
NOTHING = Decimal(0)


def credit_completion(enrollment: Enrollment, *, on: date, studied: Mapping[date, int] | None = None) -> Credit:
    """Credit a completed place with the version's JP, once: a second call gives the first row again.

    `on` is the day of completion in the learner's zone; its year is the year in which the JP count. `studied` are the days on
    which its lessons were finished, with their minutes: the daily cap looks at them. Without it all was done on that one day.
    """
    return credit_completions([(enrollment, on, studied or {})])[0]


@transaction.atomic
def credit_completions(completions: Sequence[tuple[Enrollment, date, Mapping[date, int]]]) -> list[Credit]:
    """The same for many places, in the order in which they were completed; a handful of statements."""
    return record_credits([_of_place(place, on, studied) for place, on, studied in completions])


def _of_place(place: Enrollment, on: date, studied: Mapping[date, int]) -> Activity:
    if place.completion_agency is None:
        raise ValueError("only a completed place is credited")
    return Activity(
        learner_id=place.learner_id,
        agency=place.completion_agency,
        quantity=place.version.jp,
        studied=studied or {on: 1},
        on=on,
        path_id=place.version.path_id,
        enrollment_id=place.pk,
        course_id=place.version.course_id,
    )


@transaction.atomic
def credit_outside(
    learner: User,
    *,
    reference: str,
    title: str,
    path: LearningPath,
    scope: str,
    quantity: Decimal,
    dates: Sequence[date],
) -> Credit:
    """Credit what was learned outside, once for each `reference` (the claim that was verified, e.g. `claim 12`).

    `quantity` is in units of the path's rule on the last of the dates: lesson hours, days, sessions, semesters, or 1 for an event.
    `dates` are the days on which it was done, one of them for each session where there were two; the JP are shared over them,
    and the cap of a day or month is kept beside everything else of that path. The caller checks who may verify, and audits.
    Refuses: no rule for the path, nothing done, a day to come, a person without a unit, a year that is closed.
    """
    before = Credit.objects.filter(reference=reference).first()
    if before:
        return before
    rules = rule_book([path.pk])
    activity, _books = _outside(
        learner, rules, reference=reference, title=title, path=path, scope=scope, quantity=quantity, dates=dates
    )
    return record_credits([activity])[0]


def foresee_outside(
    learner: User,
    *,
    title: str,
    path: LearningPath,
    scope: str,
    quantity: Decimal,
    dates: Sequence[date],
    rules: RuleBook | None = None,
) -> tuple[Credit, list[CreditDay]]:
    """What `credit_outside` would record now, unsaved, with its days: the same refusals, and nothing is written.

    `rules`: those of the path, when the caller has read them. Two queries then, else three.
    """
    rules = rules or rule_book([path.pk])
    activity, books = _outside(
        learner, rules, reference="-", title=title, path=path, scope=scope, quantity=quantity, dates=dates
    )
    return foresee(activity, rules, books)


def _outside(
    learner: User,
    rules: RuleBook,
    *,
    reference: str,
    title: str,
    path: LearningPath,
    scope: str,
    quantity: Decimal,
    dates: Sequence[date],
) -> tuple[Activity, Books]:
    """The activity, when it may be recorded, and the books in which it would stand."""
    unit = learner.agency
    if unit is None:
        raise Refusal(_("This person serves in no unit."))
    if quantity <= 0 or not dates:
        raise Refusal(_("Say how much was done, and on which days."), field="quantity")
    on = max(dates)
    if on > local_day(unit.zone):
        raise Refusal(_("A day that is still to come gives no JP yet."), field="dates")
    if rules.rule(path.pk, scope, on) is None:
        raise Refusal(
            _("There is no rule that turns “%(path)s” into JP on that day.") % {"path": path.name}, field="path"
        )
    books = Books([unit])
    if books.is_closed(books.book(unit).pk, on.year):
        raise Refusal(_("The year %(year)s is closed: nothing can be added to it.") % {"year": on.year}, field="dates")
    activity = Activity(
        learner_id=learner.pk,
        agency=unit,
        quantity=quantity,
        studied=Counter(dates),
        on=on,
        path_id=path.pk,
        scope=scope,
        reference=reference,
        title=title,
    )
    return activity, books


@transaction.atomic
def correct_credit(credit: Credit, jp: Decimal, *, by: User, reason: str) -> LedgerEntry:
    """Let a credit count so many JP (≥ 0) from now on. Booked in its own year, or in the present one once that year is closed.

    An officer's correction stands beside the caps: it neither takes their room nor gives it back.
    """
    if not may_correct(by, credit):
        raise NotYours(_("Only training officers of the person's unit may do this, and nobody for themselves."))
    hold_people([credit.learner_id])
    counts = _counts(standing(credit))
    if jp < 0:
        raise Refusal(_("JP are never less than nothing."), field="jp")
    if jp == counts:
        raise Refusal(_("This already counts so many JP."), field="jp")
    more = jp > counts
    debit, into = (Account.ACTIVITY, Account.COUNTED) if more else (Account.COUNTED, Account.ACTIVITY)
    return _change(credit, Kind.CORRECTION, (Move(debit, into, abs(jp - counts)),), by=by, reason=reason, before=counts)


@transaction.atomic
def reverse_credit(credit: Credit, *, by: User | None, reason: str) -> LedgerEntry | None:
    """Take a credit back whole, for example because its certificate was revoked. Its room under the caps is free again.

    Asked again, the answer is the reversal that there is; None when the credit never gave anything.
    """
    if by is not None and not may_reverse(by, credit):
        raise NotYours(_("Only training officers of the person's unit or of the organiser may do this."))
    hold_people([credit.learner_id])
    balance = standing(credit)
    counts, capped = _counts(balance), balance.get(Account.CAPPED, NOTHING)
    moves = [(Account.COUNTED, counts), (Account.CAPPED, capped)]
    moved = tuple(Move(account, Account.ACTIVITY, jp) for account, jp in moves if jp)
    if not moved:
        return credit.entries.filter(kind=Kind.REVERSAL).first()
    return _change(credit, Kind.REVERSAL, moved, by=by, reason=reason, before=counts)


def _counts(balance: Mapping[str, Decimal]) -> Decimal:
    return balance.get(Account.COUNTED, NOTHING)


def _change(
    credit: Credit, kind: LedgerEntry.Kind, moves: tuple[Move, ...], *, by: User | None, reason: str, before: Decimal
) -> LedgerEntry:
    """Book it, count it and audit it. Call it with the person's JP held: the number of entries names the next one."""
    reason = reason.strip()
    if not reason:
        raise Refusal(_("Give the reason: the learner reads it."), field="reason")
    books = Books([credit.agency])
    book = books.book(credit.agency)
    was_on = credit.on if credit.year == credit.on.year else date(credit.year, 12, 31)
    today = local_day(credit.learner.zone)
    on = books.day(book.pk, min(was_on, today), today)
    entry = LedgerEntry(
        kind=kind,
        key=f"{kind} {credit.pk} {credit.entries.count()}",
        book=book,
        about=credit,
        by=by,
        reason=reason[:300],
    )
    write([Booking(entry, credit.learner_id, on, moves)])
    difference = _change_of_count(moves)
    course = credit.enrollment.version.course_id if credit.enrollment else None
    if difference:
        count_many([Counted(Measure.JP, credit.agency_id, course, on, difference)])
    verb = "credit.reversed" if kind == Kind.REVERSAL else "credit.corrected"
    record(
        verb, credit, by=by, agency=credit.learner.agency, person=credit.learner, reason=reason, before=before,
        after=before + difference,
    )  # fmt: skip
    return entry


def _change_of_count(moves: Sequence[Move]) -> Decimal:
    into = sum((move.jp for move in moves if move.credit == Account.COUNTED), NOTHING)
    return into - sum((move.jp for move in moves if move.debit == Account.COUNTED), NOTHING)


@transaction.atomic
def close_year(book: Agency, year: int, *, by: User | None) -> ClosedYear:
    """Close a year of a government's books: what counts is carried over, person by person, and nothing is posted there any more.

    One statement whatever the number of people. Asked again, it answers with the closing that there is.
    """
    if by is not None and not may_close(by, book):
        raise NotYours(_("Only administrators of the whole government close a year."))
    hold_year(book, year)
    before = ClosedYear.objects.filter(book=book, year=year).first()
    if before:
        return before
    # Where the day begins last: no learner of the country is still in that year.
    if year >= local_day(Agency.Zone.WIB).year:
        raise Refusal(_("The year %(year)s is not over yet.") % {"year": year})
    figures = year_figures(book, year)
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, {"book": book.pk, "year": year, "by": by.pk if by else None})
    closed = ClosedYear.objects.create(book=book, year=year, people=figures.people, jp=figures.counted, closed_by=by)
    record("year.closed", closed, by=by, agency=book, people=figures.people, jp=figures.counted)
    return closed


_CLOSE = """
    WITH sums AS (
        SELECT p.learner_id, sum(p.credit - p.debit) AS jp FROM enrollments_ledgerposting p
        JOIN enrollments_ledgerentry e ON e.id = p.entry_id
        WHERE e.book_id = %(book)s AND p.year = %(year)s AND p.account = 'counted'
        GROUP BY p.learner_id HAVING sum(p.credit - p.debit) <> 0
    ), entries AS (
        INSERT INTO enrollments_ledgerentry (kind, key, book_id, by_id, reason, at)
        SELECT 'period_close', format('close %%s %%s %%s', %(book)s, %(year)s, learner_id), %(book)s, %(by)s, '', now() FROM sums
        RETURNING id, key
    )
    INSERT INTO enrollments_ledgerposting (entry_id, account, learner_id, year, "on", debit, credit)
    SELECT e.id, side.account, s.learner_id, %(year)s, make_date(%(year)s, 12, 31),
           greatest(side.out_of * s.jp, 0), greatest(-side.out_of * s.jp, 0)
    FROM entries e JOIN sums s ON e.key = format('close %%s %%s %%s', %(book)s, %(year)s, s.learner_id)
    CROSS JOIN (VALUES ('counted', 1), ('closed', -1)) AS side(account, out_of)
"""
