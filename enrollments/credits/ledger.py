"""Writing into the books: entries with their postings, whole and once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef

from accounts.agencies.models import Agency
from enrollments.credits.models import BALANCE, ClosedYear, Credit, LedgerEntry, LedgerPosting

# More people than this are not locked one by one: the server's table of locks is finite.
MOST_LOCKS = 50
Account = LedgerPosting.Account


@dataclass(frozen=True)
class Move:
    """JP (above zero) out of one account into another."""

    debit: Account
    credit: Account
    jp: Decimal


@dataclass(frozen=True)
class Booking:
    """An entry to be written: about whom, in which year and for which day, and what moves."""

    entry: LedgerEntry
    learner_id: int
    on: date
    moves: tuple[Move, ...]


def write(bookings: Sequence[Booking]) -> list[LedgerEntry]:
    """Write entries and postings. Each entry balances by its nature: what leaves one account comes into another."""
    entries = LedgerEntry.objects.bulk_create([booking.entry for booking in bookings], batch_size=2000)
    postings = []
    for booking in bookings:
        for move in booking.moves:
            for account, side in ((move.debit, "debit"), (move.credit, "credit")):
                posting = LedgerPosting(
                    entry=booking.entry,
                    account=account,
                    learner_id=booking.learner_id,
                    year=booking.on.year,
                    on=booking.on,
                    **{side: move.jp},
                )
                postings.append(posting)
    LedgerPosting.objects.bulk_create(postings, batch_size=2000)
    return entries


def hold_people(learners: Iterable[int]) -> None:
    """Nobody else writes JP of these people until the transaction ends, so that no two take the same room under a cap."""
    wanted = sorted(set(learners))
    everybody = "hashtextextended('credits of everybody', 0)"
    with connection.cursor() as cursor:
        if len(wanted) > MOST_LOCKS:
            cursor.execute(f"SELECT pg_advisory_xact_lock({everybody})")
            return
        cursor.execute(f"SELECT pg_advisory_xact_lock_shared({everybody})")
        for learner in wanted:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('credits of ' || %s, 0))", [learner])


def hold_year(book: Agency, year: int) -> None:
    """Wait for all who post into this year of these books, and let the others wait. The trigger on postings has the same lock, shared."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('books ' || %s || ' ' || %s, 0))", [book.pk, year]
        )


class Books:
    """The books of the units asked for, and which of their years are closed; read once."""

    def __init__(self, units: Iterable[Agency]) -> None:
        tops = {unit.path[: Agency.steplen] for unit in units}
        closed = ClosedYear.objects.filter(book=OuterRef("pk")).values("year")
        rows = Agency.objects.filter(path__in=tops).annotate(closed_years=ArraySubquery(closed))
        self._by_path: dict[str, Agency] = {book.path: book for book in rows}
        self._closed = {(book.pk, year) for book in self._by_path.values() for year in book.closed_years}

    def book(self, unit: Agency) -> Agency:
        """The government in whose books this unit's people stand."""
        return self._by_path[unit.path[: Agency.steplen]]

    def is_closed(self, book_id: int, year: int) -> bool:
        return (book_id, year) in self._closed

    def day(self, book_id: int, on: date, today: date) -> date:
        """The day for which something of that day is booked: the same, or today once that year is closed."""
        return today if self.is_closed(book_id, on.year) else on


def standing(credit: Credit) -> dict[str, Decimal]:
    """Balance of each account that entries about this credit have touched, in whatever year they were booked."""
    rows = LedgerPosting.objects.filter(entry__about=credit).order_by().values_list("account").annotate(jp=BALANCE)
    return dict(rows)
