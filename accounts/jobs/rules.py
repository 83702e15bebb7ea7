"""Who may stop or repeat long work."""

from typing import Any

from accounts.jobs.models import Job


def may_cancel_job(user: Any, job: Job) -> bool:
    """The owner; what the clock started (no owner) nobody stops by hand."""
    return user is not None and job.owner_id == user.pk


def may_retry_job(user: Any, job: Job) -> bool:
    return may_cancel_job(user, job)
