"""What was recorded of each activity, and the books in which JP are kept."""

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from courses.taxonomy.models import LearningPath
from enrollments.conversion.models import ConversionRule, Scope
from enrollments.enrolling.models import Enrollment

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
E_LEARNING = "NKL03"
# A trigger of pgtrigger asks for a setting first, and an unknown one costs it an aborted subtransaction, which looks at everything
# that is still deferred: the square of the rows. So the setting is made known before it asks.
KNOWN = (
    "known",
    "text := set_config('pgtrigger.ignore', coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}'), true)",
)


class Credit(models.Model):
    """What one activity was worth when it was recorded: how much was done, under which rule, and what of it counted. Never changes;
    what happens to it later are entries of the ledger, and the ledger alone says how many JP somebody has.
    """

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="credits")
    # Either a completed place, or something outside that another area knows by this name.
    enrollment = models.OneToOneField(
        Enrollment, on_delete=models.PROTECT, related_name="credit", null=True, blank=True
    )
    reference = models.CharField(max_length=60, unique=True, null=True, blank=True)
    title = models.CharField(_("activity"), max_length=200, blank=True)
    path = models.ForeignKey(LearningPath, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=13, choices=Scope.choices, default=Scope.NATIONAL)
    # Empty: there was no rule for the path, and each lesson hour counted as one JP.
    rule = models.ForeignKey(ConversionRule, null=True, blank=True, on_delete=models.PROTECT, related_name="credits")
    agency = models.ForeignKey(Agency, verbose_name=_("unit at completion"), on_delete=models.PROTECT, related_name="+")
    # In units of the rule's basis: lesson hours, days, sessions …
    quantity = models.DecimalField(_("quantity"), max_digits=8, decimal_places=2)
    gross_jp = models.DecimalField(_("JP before the cap"), max_digits=6, decimal_places=2)
    jp = models.DecimalField(_("JP counted"), max_digits=6, decimal_places=2)
    # The day on which it was completed, in the learner's zone; and the year in which it counts.
    on = models.DateField(_("date"))
    year = models.PositiveSmallIntegerField(_("year"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(jp__gte=0, jp__lte=F("gross_jp")), name="credit_counts_what_was_done"),
            models.CheckConstraint(
                condition=Q(enrollment__isnull=False, reference__isnull=True, title="")
                | (Q(enrollment__isnull=True, reference__isnull=False) & ~Q(title="")),
                name="credit_is_of_a_place_or_of_something_outside",
            ),
            models.CheckConstraint(condition=Q(year__gte=ExtractYear("on")), name="credit_counts_in_its_year_or_later"),
        ]
        indexes = [models.Index(fields=["learner", "path"], name="credit_by_learner_and_path")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.jp} JP"

    @property
    def capped_jp(self) -> Decimal:
        """What the cap took."""
        return self.gross_jp - self.jp

    @property
    def is_e_learning_capped(self) -> bool:
        is_daily = self.rule is not None and self.rule.cap_period == ConversionRule.CapPeriod.DAY
        return is_daily and self.path is not None and self.path.code == E_LEARNING

    @property
    def activity(self) -> str:
        return self.title or (self.enrollment.version.title if self.enrollment else "")


class CreditDay(models.Model):
    """The share of a credit that was earned on one day, and what of it counted: here the caps are kept."""

    credit = models.ForeignKey(Credit, on_delete=models.PROTECT, related_name="days")
    on = models.DateField()
    gross_jp = models.DecimalField(max_digits=6, decimal_places=2)
    jp = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = _("day of a credit")
        verbose_name_plural = _("days of a credit")
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["credit", "on"], name="one_share_per_credit_and_day"),
            models.CheckConstraint(
                condition=Q(gross_jp__gt=0, jp__gte=0, jp__lte=F("gross_jp")), name="share_counts_what_was_done"
            ),
        ]
        triggers = [
            APPEND_ONLY,
            pgtrigger.Trigger(
                name="shares_add_up",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[KNOWN],
                func="""
                IF (SELECT (sum(d.gross_jp), sum(d.jp)) <> (c.gross_jp, c.jp) FROM enrollments_credit c
                    JOIN enrollments_creditday d ON d.credit_id = c.id WHERE c.id = NEW.credit_id GROUP BY c.id) THEN
                    RAISE EXCEPTION 'the days of credit % do not add up to it', NEW.credit_id USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.jp} JP"


class LedgerEntry(models.Model):
    """One thing that happened to somebody's JP; its postings say what moved. Written once: `key` names the happening."""

    class Kind(models.TextChoices):
        CREDIT = "credit", _("credit")
        CAP = "cap", _("cap")
        CORRECTION = "correction", _("correction")
        REVERSAL = "reversal", _("reversal")
        CLOSE = "period_close", _("closing of the year")

    NEEDS_REASON = (Kind.CORRECTION, Kind.REVERSAL)

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=80, unique=True)
    # The government whose books these are: a top unit. It closes its own years.
    book = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    about = models.ForeignKey(Credit, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="period_close", about__isnull=True)
                | (~Q(kind="period_close") & Q(about__isnull=False)),
                name="entry_is_about_a_credit",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["correction", "reversal"]) | ~Q(reason=""), name="correction_has_its_reason"
            ),
        ]
        triggers = [
            APPEND_ONLY,
            pgtrigger.Trigger(
                name="entry_moves_something",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[KNOWN],
                func="""
                IF NOT EXISTS (SELECT FROM enrollments_ledgerposting WHERE entry_id = NEW.id) THEN
                    RAISE EXCEPTION 'ledger entry % moves nothing', NEW.id USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.key


BALANCE = models.Sum(F("credit") - F("debit"))


class LedgerPostingQuerySet(models.QuerySet["LedgerPosting"]):
    def counted(self) -> "LedgerPostingQuerySet":
        """What the learner has: counted, or carried into the closed year."""
        return self.filter(account__in=LedgerPosting.COUNTED)

    def balance(self) -> Decimal:
        """Credits less debits."""
        found: Decimal | None = self.aggregate(balance=BALANCE)["balance"]
        return found or Decimal(0)


class LedgerPosting(models.Model):
    """One side of an entry: so many JP out of (debit) or into (credit) an account, of one learner in one year.

    The balance of an account is credits − debits. `activity` is where JP come from, and its balance is never above zero:
    −(gross JP that were done). What counts is in `counted`, and in `closed` once the year is; what a cap took is in `capped`.
    The four balances of a learner add up to nothing.
    """

    class Account(models.TextChoices):
        ACTIVITY = "activity", _("what was done")
        COUNTED = "counted", _("what counts")
        CAPPED = "capped", _("what the cap took")
        CLOSED = "closed", _("what counted in a closed year")

    COUNTED = (Account.COUNTED, Account.CLOSED)

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=8, choices=Account.choices)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="postings", db_index=False
    )
    year = models.PositiveSmallIntegerField()
    # The day for which it is counted, in the learner's zone.
    on = models.DateField()
    debit = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0))
    credit = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0))

    objects = LedgerPostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0), name="posting_is_a_debit_or_a_credit"
            ),
            models.CheckConstraint(condition=Q(year=ExtractYear("on")), name="posting_lies_in_its_year"),
        ]
        indexes = [
            models.Index(
                fields=["learner", "year"],
                name="posting_by_learner_and_year",
                include=["account", "on", "debit", "credit"],
            )
        ]
        triggers = [
            APPEND_ONLY,
            pgtrigger.Trigger(
                name="debits_equal_credits",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[KNOWN],
                func="""
                IF (SELECT sum(debit) <> sum(credit) FROM enrollments_ledgerposting WHERE entry_id = NEW.entry_id) THEN
                    RAISE EXCEPTION 'debits and credits of ledger entry % differ', NEW.entry_id USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
                """,
            ),
            # One look for all rows of a statement. Who posts shares the year with others who post; who closes it waits for all of
            # them, and they for the closing (`ledger.hold_year`).
            pgtrigger.Trigger(
                name="closed_year_takes_nothing",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="written"),
                declare=[KNOWN, ("books", "record")],
                func="""
                FOR books IN SELECT DISTINCT e.book_id, w.year FROM written w JOIN enrollments_ledgerentry e ON e.id = w.entry_id
                             ORDER BY 1, 2 LOOP
                    PERFORM pg_advisory_xact_lock_shared(hashtextextended('books ' || books.book_id || ' ' || books.year, 0));
                    IF EXISTS (SELECT FROM enrollments_closedyear c WHERE c.book_id = books.book_id AND c.year = books.year) THEN
                        RAISE EXCEPTION 'the year % is closed', books.year USING ERRCODE = 'restrict_violation';
                    END IF;
                END LOOP;
                RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.credit - self.debit}"


class ClosedYear(models.Model):
    """A year in which nothing is posted any more, with the figures that were shown when it was closed."""

    book = models.ForeignKey(Agency, verbose_name=_("government"), on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    people = models.PositiveIntegerField(_("people"))
    jp = models.DecimalField(_("JP"), max_digits=14, decimal_places=2)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("closed year")
        verbose_name_plural = _("closed years")
        ordering = ["-year", "book"]
        constraints = [models.UniqueConstraint(fields=["book", "year"], name="a_year_is_closed_once")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.book} {self.year}"

    @property
    def agency(self) -> Agency:
        return self.book
