"""What the system tells a person: one row is the message in the inbox and the promise of a mail."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class NoticeQuerySet(models.QuerySet["Notice"]):
    def held_by(self, user: Any) -> "NoticeQuerySet":
        return self.filter(person=user)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)

    def unsent(self) -> "NoticeQuerySet":
        return self.filter(mail_state__in=[Notice.Mail.DUE, Notice.Mail.SENDING])


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
