"""Who gets the report of a unit by mail, how often, and what was sent for which period."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import Agency
from accounts.jobs.models import Job
from enrollments.subscriptions.periods import Rhythm, first_day_of_next


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def held_by(self, user: Any) -> "SubscriptionQuerySet":
        return self.filter(person=user)

    def running(self) -> "SubscriptionQuerySet":
        return self.filter(ended_at__isnull=True)


class Subscription(models.Model):
    """A person is mailed where the report of a unit can be read, once for each period that ends."""

    class End(models.TextChoices):
        HAND = "hand", _("ended by the person")
        GRANT = "grant", _("the role over this unit ended")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="report_subscriptions")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    rhythm = models.CharField(_("how often"), max_length=9, choices=Rhythm.choices)
    # A day in the person's zone: periods that ended before it are not sent.
    since_on = models.DateField(_("since"))
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(_("ended"), max_length=5, choices=End.choices, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled report")
        verbose_name_plural = _("scheduled reports")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "agency"],
                condition=Q(ended_at__isnull=True),
                name="one_running_subscription_per_person_and_unit",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="") | Q(Q(ended_at__isnull=False), ~Q(ended_by="")),
                name="what_ended_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency.label}: {self.get_rhythm_display()}"

    def next_on(self, today: date) -> date:
        """The first day on which the next one can be sent; it goes out on the first working day from then."""
        return first_day_of_next(Rhythm(self.rhythm), today)


class Dispatch(models.Model):
    """The report of one period: the promise that it is written and mailed, once."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="dispatches")
    # Last day of the period.
    until_on = models.DateField(_("until"))
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("report sent")
        verbose_name_plural = _("reports sent")
        ordering = ["-until_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["subscription", "until_on"], name="each_period_is_sent_once")]
        indexes = [models.Index(fields=["id"], condition=Q(told_at__isnull=True), name="dispatch_to_be_told")]

    def __str__(self) -> str:
        return f"{self.subscription}, {self.until_on:%Y-%m-%d}"
