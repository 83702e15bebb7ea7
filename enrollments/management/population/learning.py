"""What the invented people learned: places, lessons, credits with their books, and certificates."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.agencies.models import Agency
from courses.taxonomy.models import CertificateKind
from enrollments.certificates.models import Certificate, CertificateSeries
from enrollments.conversion.formula import convert
from enrollments.conversion.models import ConversionRule, Scope
from enrollments.conversion.queries import rule_book
from enrollments.credits.ledger import Account
from enrollments.credits.models import Credit, CreditDay, LedgerEntry, LedgerPosting
from enrollments.designs.numbers import DEFAULT_CODE, DEFAULT_FORMAT, number, series_template, written_unit
from enrollments.enrolling.models import Enrollment
from enrollments.management.population.copying import Table
from enrollments.management.population.courses import Run, Taught
from enrollments.management.population.people import Person
from enrollments.progress.models import LessonProgress

Status = Enrollment.Status
Kind = LedgerEntry.Kind
NOTHING = Decimal(0)
YEARS = 3
SELF_PACED_DAYS = 30
COMPLETES, WITHDRAWS = 0.62, 0.06


@dataclass
class _Series:
    row: CertificateSeries
    last: int = 0


class Learning:
    """Writes everything that hangs on a place. Of one person no two completions fall on one day, so a daily cap is met by each alone."""

    def __init__(self, courses: list[Taught], book: Agency, dice: Random, at: datetime, today: date) -> None:
        self.courses = courses
        self.book = book
        self.dice = dice
        self.today = today
        self.first = today - timedelta(days=365 * YEARS)
        self.places = Table(
            Enrollment,
            *("learner_id", "cohort_id", "version_id", "agency_id", "completion_agency_id", "status", "due_on", "enrolled_at"),
            *("started_at", "last_activity_at", "lessons_finished", "completed_at", "withdrawn_at", "withdrawal_reason"),
            at=at,
        )  # fmt: skip
        self.progress = Table(LessonProgress, "enrollment_id", "lesson_id", "opened_at", "finished_at", at=at)
        self.credits = Table(
            Credit,
            *("learner_id", "enrollment_id", "path_id", "rule_id", "agency_id", "quantity", "gross_jp", "jp", "on", "year"),
            at=at,
        )  # fmt: skip
        self.days = Table(CreditDay, "credit_id", "on", "gross_jp", "jp", at=at)
        self.entries = Table(LedgerEntry, "kind", "key", "about_id", at=at, book_id=book.pk)
        self.postings = Table(
            LedgerPosting, "entry_id", "account", "learner_id", "year", "on", "debit", "credit", at=at
        )  # fmt: skip
        self.papers = Table(
            Certificate,
            *("enrollment_id", "series_id", "public_id", "year", "sequence", "number", "issued_on", "name", "nip", "course_title"),
            *("jp", "frozen_at", "drawn_at", "delivered_at", "confirm_until"),
            at=at,
            state=Certificate.State.DELIVERED.value,
            is_demo=True,
        )  # fmt: skip
        self._zones = {zone.value: ZoneInfo(zone.value) for zone in Agency.Zone}
        self._rules = rule_book({course.path_id for course in courses})
        self._worth: dict[tuple[int | None, Decimal], tuple[Decimal, Decimal]] = {}
        self._series: dict[tuple[int, int], _Series] = {}

    def tables(self) -> list[Table]:
        return [self.places, self.progress, self.credits, self.days, self.entries, self.postings, self.papers]

    def learn(self, person: Person, places: int) -> None:
        """So many places of different courses."""
        taken: set[date] = set()
        for taught in self.dice.sample(self.courses, min(places, len(self.courses))):
            self._place(person, taught, taken)

    def close(self) -> None:
        for one in self._series.values():
            CertificateSeries.objects.filter(pk=one.row.pk).update(last=one.last)

    def _place(self, person: Person, taught: Taught, taken: set[date]) -> None:
        dice = self.dice
        since = max(self.first, person.began_on)
        began = since + timedelta(days=dice.randint(0, max((self.today - since).days - 1, 0)))
        run = taught.alone or taught.monthly[max(min(began.replace(day=1), max(taught.monthly)), min(taught.monthly))]
        enrolled, due, ends = self._days_of(run, began)
        luck = dice.random()
        status, over = Status.ACTIVE, None
        if luck < COMPLETES and ends <= self.today:
            over = ends
            while over in taken:
                over += timedelta(days=1)
            if over <= self.today:
                taken.add(over)
                status = Status.COMPLETED
        elif luck > 1 - WITHDRAWS:
            status, over = Status.WITHDRAWN, min(enrolled + timedelta(days=2), self.today)
        total = len(taught.lessons)
        done = total if status == Status.COMPLETED else 0 if luck > 0.9 else dice.randint(0, total - 1)
        at = self._moment(enrolled, 8, person.zone)
        until = self._moment(over, 16, person.zone) if over else None
        last = until if status == Status.COMPLETED else at + timedelta(hours=1) if done else None
        unit = person.unit_on(enrolled)
        completed_in = person.unit_on(over).pk if status == Status.COMPLETED and over else None
        pk = self.places.add(
            person.pk, run.pk, taught.version_id, unit.pk, completed_in, status.value, due, at, at if done else None, last, done,
            until if status == Status.COMPLETED else None, until if status == Status.WITHDRAWN else None,
            "Tugas mendadak (DEMO)" if status == Status.WITHDRAWN else "",
        )  # fmt: skip
        for lesson in taught.lessons[:done]:
            self.progress.add(pk, lesson, at, last)
        if completed_in and over and until:
            self._credit(person, taught, pk, completed_in, over)
            self._paper(person, taught, run, pk, over, until)

    def _days_of(self, run: Run, began: date) -> tuple[date, date, date]:
        """When one enrols, until when one has time, and when who completes is through."""
        if run.starts_on and run.ends_on:
            return run.starts_on - timedelta(days=3), run.ends_on, run.ends_on
        due = began + timedelta(days=SELF_PACED_DAYS)
        return began, due, began + timedelta(days=self.dice.randint(0, SELF_PACED_DAYS))

    def _credit(self, person: Person, taught: Taught, place: int, unit: int, on: date) -> None:
        rule = self._rules.rule(taught.path_id, Scope.NATIONAL, on)
        gross, jp = self._converted(rule, taught.jp, on)
        credit = self.credits.add(
            person.pk, place, taught.path_id, rule.pk if rule else None, unit, taught.jp, gross, jp, on, on.year
        )  # fmt: skip
        self.days.add(credit, on, gross, jp)
        for kind, debit, into, amount in (
            (Kind.CREDIT, Account.ACTIVITY, Account.COUNTED, gross),
            (Kind.CAP, Account.COUNTED, Account.CAPPED, gross - jp),
        ):
            if amount:
                entry = self.entries.add(kind.value, f"{kind.value} {credit}", credit)
                self.postings.add(entry, debit.value, person.pk, on.year, on, amount, NOTHING)
                self.postings.add(entry, into.value, person.pk, on.year, on, NOTHING, amount)

    def _converted(self, rule: ConversionRule | None, quantity: Decimal, on: date) -> tuple[Decimal, Decimal]:
        key = (rule.pk if rule else None, quantity)
        if key not in self._worth:
            found = convert(rule, quantity, {on: 1}, {})
            self._worth[key] = found.gross, found.jp
        return self._worth[key]

    def _paper(self, person: Person, taught: Taught, run: Run, place: int, on: date, at: datetime) -> None:
        series = self._series_of(run.organiser_id, on.year)
        series.last += 1
        self.papers.add(
            place, series.row.pk, UUID(int=self.dice.getrandbits(128)).hex, on.year, series.last,
            number(series.row.template, series.last, on), on, person.name, person.nip, taught.title, taught.jp, at, at, at, at,
        )  # fmt: skip

    def _series_of(self, organiser: int, year: int) -> _Series:
        if (organiser, year) not in self._series:
            label = written_unit(Agency.objects.get(pk=organiser).label)
            row = CertificateSeries.objects.create(
                organiser_id=organiser,
                year=year,
                kind=CertificateKind.CERTIFICATE,
                template=series_template(DEFAULT_FORMAT, label, DEFAULT_CODE),
            )
            self._series[organiser, year] = _Series(row)
        return self._series[organiser, year]

    def _moment(self, day: date, hour: int, zone: str) -> datetime:
        at = datetime.combine(day, time(hour, self.dice.randint(0, 59)), self._zones[zone])
        return at.astimezone(UTC)
