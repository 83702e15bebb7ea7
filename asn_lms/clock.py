"""Every periodic job on one page: name, when, why. `run_clock --at` runs them all once as if it were that time.

A periodic task takes one optional argument, `at`: the instant to act for, as ISO text (`asn_lms.lib.days.instant`); none means
now. It passes `at` on to what it queues. It may run twice at once or not at all: rows are the truth, a run only finds them.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True)
class Job:
    """A task with its rhythm. `why` is read at three in the morning."""

    task: str
    every: timedelta
    why: str


JOBS: list[Job] = [
    Job(
        "jobs.sweep",
        timedelta(seconds=15),
        "long work whose message was lost or whose worker died: up again within a minute",
    ),
    Job(
        "jobs.tidy",
        timedelta(hours=6),
        "files of finished work and remembered answers are kept for seven days, no longer",
    ),
    Job("files.lighten", timedelta(minutes=1), "films without a light version for mobile data: one each time"),
    Job("courses.publish_due", timedelta(minutes=1), "approved versions whose hour of publication has come"),
    Job(
        "notices.sweep",
        timedelta(seconds=30),
        "mail that is due: its message was lost or its sender died; beats the clock",
    ),
    Job(
        "certificates.confirm_silent",
        timedelta(minutes=1),
        "names that nobody objected to within two days are printed as they stand",
    ),
    Job(
        "certificates.certify_withheld",
        timedelta(minutes=10),
        "STTP that waited for an accreditation of their organiser, once it is recorded",
    ),
    Job(
        "issuance.sweep",
        timedelta(seconds=30),
        "papers promised to people of a cohort: message lost or worker died",
    ),
    Job("certificates.sweep", timedelta(seconds=30), "certificates to be drawn: message lost or worker died"),
    Job(
        "siasn.sweep", timedelta(seconds=30), "what SIASN is to be told: message lost, worker died, or its rest is over"
    ),
    Job(
        "siasn.read_due", timedelta(minutes=10), "official IP-ASN values that were asked for or have grown a month old"
    ),
    Job(
        "badges.sweep",
        timedelta(minutes=10),
        "certificates issued within a day that have no badge: the message was lost",
    ),
    Job(
        "badges.sweep_all",
        timedelta(hours=6),
        "the same of all, after a longer standstill; millions are looked through, so not more often",
    ),
    Job(
        "siasn.sweep_all",
        timedelta(hours=6),
        "certificates delivered longer than a day ago that SIASN is not told of, after a standstill",
    ),
    Job(
        "claims.clear",
        timedelta(minutes=10),
        "files of claims that were thrown away or withdrawn: message lost or worker died",
    ),
    Job(
        "reminders.prepare", timedelta(minutes=1), "today's digests, every ten minutes within hours; asked each minute"
    ),
    Job(
        "surveys.invite",
        timedelta(minutes=1),
        "alumni and superiors whose survey is due, every ten minutes within hours; asked each minute",
    ),
    Job(
        "surveys.put_together",
        timedelta(minutes=30),
        "answers of weeks that are over become sums: until then the database could still tell whose they are",
    ),
    Job(
        "attempts.close_out_of_time",
        timedelta(seconds=30),
        "timed quizzes that nobody handed in are handed in with what was saved, a minute late at most",
    ),
    Job(
        "reports.keep_months",
        timedelta(minutes=10),
        "in the first days of a month: what the reports of headed units said at its end, some units at a time",
    ),
    Job(
        "subscriptions.send",
        timedelta(minutes=1),
        "reports by mail for the month or quarter that has ended, within hours; then word of those that are written",
    ),
    Job("tallies.fold", timedelta(seconds=30), "counts of what happened are added up, so that reports read few rows"),
    Job(
        "standings.fold",
        timedelta(seconds=5),
        "sums of units, so that a report is quick: until then it works out who changed",
    ),
    Job(
        "standings.make_compact",
        timedelta(hours=12),
        "deadlines of past months become one row a month: fewer rows to read",
    ),
]


def beat_schedule() -> dict[str, dict[str, Any]]:
    """What Celery beat needs. A run that no worker took before the next one is due is dropped: the next one finds the same rows.

    The clock goes before everything else in the queue: its sweeps are short, and a heartbeat that waits looks like a dead clock.
    """
    return {
        job.task: {
            "task": job.task,
            "schedule": job.every,
            "options": {"expires": job.every.total_seconds(), "priority": 0},
        }
        for job in JOBS
    }
