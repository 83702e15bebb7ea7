"""What somebody learned outside this system, says so with evidence, and an officer verifies."""

from datetime import date
from typing import Any
from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.jobs.models import Job
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of
from courses.taxonomy.models import LearningPath
from enrollments.conversion.models import Scope
from enrollments.credits.models import APPEND_ONLY, Credit


def letters_of(field: str) -> Lower:
    """A text as two people would call it the same: its letters and digits, small."""
    return Lower(Func(F(field), Value("[^[:alnum:]]+"), Value(""), Value("g"), function="regexp_replace"))


class ClaimQuerySet(models.QuerySet["Claim"]):
    def held_by(self, user: Any) -> "ClaimQuerySet":
        return self.filter(learner=user)

    def managed_by(self, user: Any) -> "ClaimQuerySet":
        """Of people who serve today in the officer's units; drafts only those that the officer entered for somebody."""
        in_units = self.filter(below(paths_of(user, RoleGrant.Role.OFFICER), "learner__agency__"))
        return in_units.filter(~Q(state=Claim.State.DRAFT) | Q(made_by=user))

    def live(self) -> "ClaimQuerySet":
        """Those that give JP or may come to."""
        return self.filter(state__in=Claim.LIVE)

    def waiting(self) -> "ClaimQuerySet":
        """Sent, and not decided yet."""
        return self.filter(state=Claim.State.SUBMITTED)

    def with_people(self) -> "ClaimQuerySet":
        return self.select_related("learner__agency", "path", "decided_by", "made_by", "credit__rule")


class Claim(models.Model):
    """One activity outside: what it was, when, how much (in units of its path's rule), and how far the claim is.

    The learner writes it until it is sent; then it stands still until an officer decides. What was verified never changes: a
    mistake is taken back whole, and its JP with it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("being checked")
        RETURNED = "returned", _("needs mending")
        VERIFIED = "verified", _("verified")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REVERSED = "reversed", _("taken back")

    MENDABLE = (State.DRAFT, State.RETURNED)
    LIVE = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.VERIFIED)
    DECIDED = (State.RETURNED, State.VERIFIED, State.REFUSED, State.REVERSED)

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims")
    title = models.CharField(_("what it was"), max_length=200)
    organiser = models.CharField(_("organiser"), max_length=200)
    path = models.ForeignKey(LearningPath, verbose_name=_("kind"), on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(_("scope"), max_length=13, choices=Scope.choices, default=Scope.NATIONAL)
    # In units of the rule's basis: lesson hours, days, sessions, semesters, or 1 for an event.
    quantity = models.DecimalField(_("quantity"), max_digits=8, decimal_places=2)
    certificate_number = models.CharField(_("number of the certificate"), max_length=100, blank=True)
    certificate_on = models.DateField(_("date of the certificate"), null=True, blank=True)
    # What its learner says of others that look like it.
    why_not_same = models.CharField(_("why it is not the same"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(_("sent"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    credit = models.OneToOneField(Credit, null=True, blank=True, on_delete=models.PROTECT, related_name="claim")
    # "2026-03-02" once for each time on that day, in order: written by the database whenever the days change.
    days_key = models.TextField(default="", editable=False)
    title_key = models.GeneratedField(expression=letters_of("title"), output_field=models.TextField(), db_persist=True)
    organiser_key = models.GeneratedField(
        expression=letters_of("organiser"), output_field=models.TextField(), db_persist=True
    )
    number_key = models.GeneratedField(
        expression=letters_of("certificate_number"), output_field=models.TextField(), db_persist=True
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim of learning outside")
        verbose_name_plural = _("claims of learning outside")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "path", "title_key", "days_key"],
                condition=Q(state__in=["draft", "submitted", "returned", "verified"]) & ~Q(days_key=""),
                name="same_activity_is_claimed_once",
            ),
            models.UniqueConstraint(
                fields=["learner", "number_key"],
                condition=Q(state__in=["draft", "submitted", "returned", "verified"]) & ~Q(number_key=""),
                name="same_certificate_is_claimed_once",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="claim_is_of_something_done"),
            models.CheckConstraint(condition=~Q(decided_by=F("learner")), name="nobody_decides_their_own_claim"),
            models.CheckConstraint(
                condition=Q(state__in=["verified", "reversed"], credit__isnull=False)
                | (~Q(state__in=["verified", "reversed"]) & Q(credit__isnull=True)),
                name="what_is_verified_has_its_credit",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False), name="what_was_sent_has_its_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "verified", "refused", "reversed"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="what_was_decided_has_its_officer",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "refused"]) | ~Q(reason=""),
                name="what_was_not_taken_has_its_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "-id"], name="claim_by_learner"),
            models.Index(fields=["submitted_at", "id"], condition=Q(state="submitted"), name="claim_waiting"),
            models.Index(fields=["number_key", "organiser_key"], condition=~Q(number_key=""), name="claim_by_number"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="states_in_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                # The database writes these itself, after the trigger has looked.
                declare=[("made_later", "text[] := '{title_key,organiser_key,number_key}'")],
                func="""
                IF TG_OP = 'INSERT' THEN
                    IF NEW.state <> 'draft' THEN
                        RAISE EXCEPTION 'a claim begins as a draft' USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN NEW;
                END IF;
                IF TG_OP = 'DELETE' THEN
                    IF OLD.state <> 'draft' THEN
                        RAISE EXCEPTION 'a claim that was sent is kept' USING ERRCODE = 'restrict_violation';
                    END IF;
                    RETURN OLD;
                END IF;
                IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
                    ('draft', 'submitted'), ('submitted', 'returned'), ('submitted', 'verified'), ('submitted', 'refused'),
                    ('submitted', 'withdrawn'), ('returned', 'submitted'), ('returned', 'withdrawn'), ('verified', 'reversed')
                ) THEN
                    RAISE EXCEPTION 'a claim does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation';
                END IF;
                IF OLD.state NOT IN ('draft', 'submitted', 'returned')
                   AND to_jsonb(NEW) - 'state' - made_later <> to_jsonb(OLD) - 'state' - made_later THEN
                    RAISE EXCEPTION 'a claim that was decided never changes' USING ERRCODE = 'restrict_violation';
                END IF;
                IF OLD.learner_id <> NEW.learner_id OR OLD.made_by_id <> NEW.made_by_id THEN
                    RAISE EXCEPTION 'a claim stays its learner''s' USING ERRCODE = 'restrict_violation';
                END IF;
                IF OLD.state = 'submitted' AND (NEW.title, NEW.organiser, NEW.certificate_number, NEW.certificate_on)
                   IS DISTINCT FROM (OLD.title, OLD.organiser, OLD.certificate_number, OLD.certificate_on) THEN
                    RAISE EXCEPTION 'what was sent stands still until it is decided' USING ERRCODE = 'restrict_violation';
                END IF;
                IF NEW.state = 'submitted' AND OLD.state <> 'submitted' AND (
                    NOT EXISTS (SELECT FROM enrollments_evidence WHERE claim_id = NEW.id)
                    OR NOT EXISTS (SELECT FROM enrollments_claimday WHERE claim_id = NEW.id)
                ) THEN
                    RAISE EXCEPTION 'a claim is sent with its days and its evidence' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def agency(self) -> Agency | None:
        """Whose officers decide, and may read the audit of it."""
        return self.learner.agency

    @property
    def may_be_mended(self) -> bool:
        return self.state in self.MENDABLE

    @property
    def may_be_withdrawn(self) -> bool:
        return self.state in (self.State.SUBMITTED, self.State.RETURNED)

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.SUBMITTED

    @property
    def dates(self) -> list[date]:
        """Its days in order, a day once for each time on it. No query."""
        return [date.fromisoformat(one) for one in self.days_key.split()]


def _while_open(name: str) -> pgtrigger.Trigger:
    """Days and files belong to what is still open. The claim's row is held, so that it cannot be decided meanwhile."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("held", "record")],
        func="""
        FOR held IN SELECT state FROM enrollments_claim WHERE id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.claim_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.claim_id END
        ) ORDER BY id FOR NO KEY UPDATE LOOP
            IF held.state NOT IN ('draft', 'submitted', 'returned') THEN
                RAISE EXCEPTION 'a claim that was decided never changes' USING ERRCODE = 'restrict_violation';
            END IF;
        END LOOP;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
        """,
    )


_KEY = """
    UPDATE enrollments_claim c SET days_key = coalesce((
        SELECT string_agg(trim(repeat(d."on" || ' ', d.times)), ' ' ORDER BY d."on")
        FROM enrollments_claimday d WHERE d.claim_id = c.id
    ), '') WHERE c.id IN (SELECT claim_id FROM changed);
    RETURN NULL;
"""


def _keyed(name: str, operation: Any, referencing: pgtrigger.Referencing) -> pgtrigger.Trigger:
    """Days are written in one statement, so that half of them never look like another claim's."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        level=pgtrigger.Statement,
        referencing=referencing,
        func=_KEY,
    )


class ClaimDay(models.Model):
    """A day on which it was done; `times`: how many sessions on it."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="days")
    on = models.DateField(_("day"))
    times = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("day of a claim")
        verbose_name_plural = _("days of a claim")
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "on"], name="one_row_per_claim_and_day"),
            models.CheckConstraint(condition=Q(times__gte=1, times__lte=20), name="day_has_its_sessions"),
        ]
        indexes = [models.Index(fields=["on", "claim"], name="claim_day")]
        triggers = [
            _while_open("days_change_while_open"),
            _keyed("key_follows_new_days", pgtrigger.Insert, pgtrigger.Referencing(new="changed")),
            _keyed("key_follows_gone_days", pgtrigger.Delete, pgtrigger.Referencing(old="changed")),
        ]

    def __str__(self) -> str:
        return f"{self.on} × {self.times}"


def evidence_path(evidence: "Evidence", name: str) -> str:
    return f"claims/{evidence.uid.hex[:2]}/{evidence.uid.hex}/{name}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: Any) -> "EvidenceQuerySet":
        """To whom the claim is: its learner, and their officers once it is sent."""
        claims = Claim.objects.held_by(user) | Claim.objects.filter(pk__in=Claim.objects.managed_by(user))
        return self.filter(claim__in=claims.values("pk"))

    def left(self) -> "EvidenceQuerySet":
        """Of claims that are no more: their files are to be removed."""
        return self.filter(claim__isnull=True)


class Evidence(models.Model):
    """A file that shows it: a PDF, or a picture made small and rid of what a camera wrote into it. Without a claim it is to be removed,
    row and file: the row is the promise that the file goes.
    """

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, null=True, on_delete=models.SET_NULL, related_name="evidence")
    name = models.CharField(_("name"), max_length=150)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("size in bytes"))
    pages = models.PositiveIntegerField(default=0)
    # Of what was sent, before a picture was made small: by it the same file is known again, whoever sends it.
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=evidence_path, max_length=250)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "sha256"], name="same_file_once_per_claim"),
            models.CheckConstraint(condition=Q(size__gt=0), name="evidence_is_not_empty"),
        ]
        indexes = [models.Index(fields=["sha256"], name="evidence_by_content")]
        triggers = [_while_open("evidence_changes_while_open")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")


class ClaimEvent(models.Model):
    """What happened to a claim since it was sent. Never changes."""

    class Kind(models.TextChoices):
        SENT = "sent", _("sent")
        RETURNED = "returned", _("given back to be mended")
        VERIFIED = "verified", _("verified")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REVERSED = "reversed", _("taken back")

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("what happened"), max_length=9, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # What was claimed when it was sent, and what an officer changed in it.
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of a claim")
        verbose_name_plural = _("events of claims")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["returned", "refused", "reversed"]) | ~Q(reason=""),
                name="decision_has_its_reason",
            )
        ]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.get_kind_display()}"


def archive_path(archive: "EvidenceArchive", name: str) -> str:
    return f"claims/archives/{archive.job.uid.hex}/{name}"


class EvidenceArchive(models.Model):
    """The ZIP of evidence that came with a spreadsheet; kept as long as the spreadsheet is."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="+")
    file = models.FileField(upload_to=archive_path, max_length=250)

    class Meta:
        verbose_name = _("archive of evidence")
        verbose_name_plural = _("archives of evidence")

    def __str__(self) -> str:
        return str(self.file.name)
