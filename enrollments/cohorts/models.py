"""Cohorts (angkatan): a run of a course version, with dates and seats."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency, below
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of
from courses.structure.models import Course, CourseVersion


class CohortQuerySet(models.QuerySet["Cohort"]):
    def open_on(self, today: date) -> "CohortQuerySet":
        """Cohorts that take enrolments that day: not cancelled or closed, not over, enrolment window not past."""
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=today),
            Q(enroll_until__isnull=True) | Q(enroll_until__gte=today),
            state=Cohort.State.OPEN,
        )

    def run_by(self, user: Any) -> "CohortQuerySet":
        """Cohorts of the units in which the person is a training officer."""
        return self.filter(below(paths_of(user, RoleGrant.Role.OFFICER), "organiser__"))

    def seen_in_office_by(self, user: Any) -> "CohortQuerySet":
        """What officers run, and what trainers teach."""
        taught = Cohort.objects.filter(trainers=user).values("pk")
        return self.filter(below(paths_of(user, RoleGrant.Role.OFFICER), "organiser__") | Q(pk__in=taught))

    def to_be_chosen_by(self, user: Any, today: date) -> "CohortQuerySet":
        """Where the person may take a seat that day, and the cohorts that they run or teach."""
        mine = Cohort.objects.seen_in_office_by(user).values("pk")
        open_now = Cohort.objects.open_on(today).filter(is_open_to_all=True, course__current__isnull=False).values("pk")
        return self.filter(Q(pk__in=open_now) | Q(pk__in=mine))

    def with_seats(self) -> "CohortQuerySet":
        return self.filter(Q(seats__isnull=True) | Q(seats_taken__lt=F("seats")))


class Cohort(models.Model):
    """A run of one version. Each published course has one always-open self-paced cohort without dates or limit of seats."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="cohorts")
    # Who starts today studies this version; a self-paced cohort follows the published one.
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="cohorts")
    organiser = models.ForeignKey(Agency, verbose_name=_("organiser"), on_delete=models.PROTECT, related_name="cohorts")
    is_self_paced = models.BooleanField(_("self-paced"), default=False)
    year = models.PositiveSmallIntegerField(_("year"))
    # Printed in Roman numerals; 0 for the self-paced one.
    number = models.PositiveSmallIntegerField(_("number"), default=0)
    name = models.CharField(_("name"), max_length=120, blank=True)
    place = models.CharField(_("place or mode"), max_length=120, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    enroll_until = models.DateField(_("enrolment until"), null=True, blank=True)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    seats_taken = models.PositiveIntegerField(_("seats taken"), default=0)
    # Whether civil servants may take a seat themselves, or only officers give them.
    is_open_to_all = models.BooleanField(_("open for self-enrolment"), default=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    trainers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("trainers"), blank=True, related_name="taught_cohorts"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(seats_taken__lte=F("seats")), name="seats_are_never_oversold"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["course"], condition=Q(is_self_paced=True), name="one_self_paced_cohort_per_course"
            ),
            models.UniqueConstraint(
                fields=["course", "year", "number"],
                condition=Q(is_self_paced=False),
                name="cohort_number_once_per_course_and_year",
            ),
            models.CheckConstraint(
                condition=Q(is_self_paced=True, starts_on__isnull=True, ends_on__isnull=True, seats__isnull=True)
                | Q(is_self_paced=False, starts_on__isnull=False, ends_on__isnull=False),
                name="dated_unless_self_paced",
            ),
        ]
        indexes = [models.Index(fields=["organiser", "state"], name="cohort_by_organiser")]

    def __str__(self) -> str:
        return self.name or str(_("Self-paced"))

    @property
    def agency(self) -> Agency:
        return self.organiser

    @property
    def seats_left(self) -> int | None:
        """Free seats; None when there is no limit."""
        return None if self.seats is None else self.seats - self.seats_taken

    @property
    def is_full(self) -> bool:
        return self.seats is not None and self.seats_taken >= self.seats

    def due_on(self, today: date) -> date | None:
        """The deadline of who enrols today: the cohort's end; self-paced the version's days from now, or none."""
        if not self.is_self_paced:
            return self.ends_on
        days: Any = self.version.self_paced_days
        return date.fromordinal(today.toordinal() + days) if days else None
