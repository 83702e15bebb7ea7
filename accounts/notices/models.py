"""What the system tells a person: one row is the message in the inbox and the promise of a mail."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.agencies.models import below
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of


class NoticeQuerySet(models.QuerySet["Notice"]):
    def held_by(self, user: Any) -> "NoticeQuerySet":
        return self.filter(person=user)

    def seen_by_office(self, user: Any) -> "NoticeQuerySet":
        """What was told to the people of the units in which this person is a training officer."""
        return self.shown().filter(below(paths_of(user, RoleGrant.Role.OFFICER), "person__agency__"))

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)

    def unsent(self) -> "NoticeQuerySet":
        return self.filter(mail_state__in=[Notice.Mail.DUE, Notice.Mail.SENDING])

    def shown(self) -> "NoticeQuerySet":
        """What stands in the inbox: everything but mails about the account, which hold secrets."""
        return self.exclude(kind=Notice.ACCOUNT)

    def sendable(self, now: datetime) -> "NoticeQuerySet":
        """Mails to send: due by `now`, or claimed by a sender whose claim ran out (by the database's own clock, which no
        worker's wrong clock can turn).
        """
        return self.filter(
            Q(not_before__isnull=True) | Q(not_before__lte=now),
            Q(mail_state=Notice.Mail.DUE) | Q(mail_state=Notice.Mail.SENDING, lease_until__lt=Now()),
        )


class Notice(models.Model):
    """Unique per (person, kind, about): whatever is retried, nobody is told the same thing twice.

    `about` is the day for a daily digest ("2026-11-24") and the thing's id for an event ("certificate 12").
    """

    class Mail(models.TextChoices):
        NONE = "none", _("inbox only")
        DUE = "due", _("to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        HELD = "held", _("held back")
        FAILED = "failed", _("refused")

    class Hold(models.TextChoices):
        """Why a mail is held back or was given up, as far as we know it ourselves; else `mail_reason` is the server's word."""

        INACTIVE = "inactive", _("The account is not active.")
        NO_ADDRESS = "no_address", _("No e-mail address is known.")
        BAD_ADDRESS = "bad_address", _("The address refused an earlier mail.")
        UNWANTED = "unwanted", _("The person has turned off mail.")
        OVER = "over", _("Nothing was left to be reminded of: completed or withdrawn in the meantime.")
        DAY_PASSED = "day_passed", _("Its day was over before it could be sent; the next summary takes it up.")
        SENDER_DIED = "sender_died", _("The sender broke off again and again.")

    ACCOUNT = "account"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=40)
    about = models.CharField(max_length=80)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    link = models.CharField(max_length=300, blank=True)
    # What the mail's template needs beside title, body and link: plain values, drawn when the notice was made.
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    mail_state = models.CharField(_("e-mail"), max_length=8, choices=Mail.choices, default=Mail.NONE)
    mail_reason = models.CharField(_("reason"), max_length=250, blank=True)
    message_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "about"], name="nobody_is_told_the_same_thing_twice"),
            models.CheckConstraint(
                condition=Q(mail_state="sent", sent_at__isnull=False)
                | (~Q(mail_state="sent") & Q(sent_at__isnull=True)),
                name="sent_date_matches_mail_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"], condition=Q(mail_state__in=["due", "sending"]), name="notice_unsent"
            ),
            models.Index(fields=["person", "-id"], name="notice_by_person"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_about_account(self) -> bool:
        """A mail that somebody asked for at the door: sent whatever the person prefers, wiped once it is sent."""
        return self.kind == self.ACCOUNT

    @property
    def may_be_sent_again(self) -> bool:
        """Held or given up for a cause that can be put right. What its own kind held back stays held."""
        right = {self.Hold.NO_ADDRESS, self.Hold.BAD_ADDRESS}
        return self.mail_state == self.Mail.FAILED or (self.mail_state == self.Mail.HELD and self.mail_reason in right)

    @property
    def reason(self) -> str:
        """Why the mail is held or failed, in the reader's language."""
        return str(dict(self.Hold.choices).get(self.mail_reason, self.mail_reason))
