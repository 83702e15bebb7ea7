"""Doors for the clock."""

from datetime import datetime

from celery import shared_task

from accounts.jobs.actions import sweep_jobs, tidy_jobs


@shared_task(name="jobs.sweep")
def sweep(at: str | None = None) -> None:
    sweep_jobs(datetime.fromisoformat(at) if at else None)


@shared_task(name="jobs.tidy")
def tidy(at: str | None = None) -> None:
    tidy_jobs(datetime.fromisoformat(at) if at else None)
