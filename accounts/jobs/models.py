"""Long work with a progress bar, and the memory of answers already given."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class JobQuerySet(models.QuerySet["Job"]):
    def owned_by(self, user: Any) -> "JobQuerySet":
        """A job, its progress and its file belong to the person who asked for it."""
        return self.filter(owner=user)

    def unheld(self, at: datetime) -> "JobQuerySet":
        """Not over, and no worker's lease is running."""
        unfinished = self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])
        return unfinished.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=at)).order_by("id")


def job_file(job: "Job", name: str) -> str:
    return f"jobs/{job.uid}/{name}"


class Job(models.Model):
    """One piece of long work: an import, an export. The row is the truth; the broker only wakes a worker."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    # The task that does the work, by its Celery name; it takes this row's id.
    task = models.CharField(max_length=80)
    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="jobs")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    payload = models.JSONField(default=dict)
    source = models.FileField(upload_to=job_file, blank=True, max_length=250)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    result = models.JSONField(default=dict)
    file = models.FileField(upload_to=job_file, blank=True, max_length=250)
    error = models.CharField(_("reason"), max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["lease_until"], condition=Q(state__in=["waiting", "running"]), name="job_unfinished"),
            models.Index(fields=["owner", "-id"], name="job_by_owner"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("job", args=[self.uid])

    @property
    def file_name(self) -> str:
        return str(self.file.name or "").rsplit("/", 1)[-1]

    @property
    def source_name(self) -> str:
        return str(self.source.name or "").rsplit("/", 1)[-1]

    @property
    def kept_until(self) -> datetime | None:
        """Until then the files of this work can be fetched."""
        return self.finished_at + timedelta(days=7) if self.finished_at else None

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}


class IdempotencyKey(models.Model):
    """The first answer to a POST, kept so that a double click or a retry gets it again instead of a second effect."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    key = models.CharField(max_length=100)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            models.UniqueConstraint(fields=["person", "path", "key"], name="one_answer_per_person_path_and_key")
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]

    def __str__(self) -> str:
        return self.key


class ClockBeat(models.Model):
    """When something of the clock last came through: "clock" means that beat, broker and worker are all alive."""

    name = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("clock beat")
        verbose_name_plural = _("clock beats")

    def __str__(self) -> str:
        return self.name
