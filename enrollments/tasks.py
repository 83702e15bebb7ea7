"""Contents: the background tasks of enrollments."""

from enrollments.archives import tasks as archives
from enrollments.attempts import tasks as attempts
from enrollments.badges import tasks as badges
from enrollments.builder import tasks as builder
from enrollments.certificates import tasks as certificates
from enrollments.claims import tasks as claims
from enrollments.issuance import tasks as issuance
from enrollments.reminders import tasks as reminders
from enrollments.reports import tasks as reports
from enrollments.rosters import tasks as rosters
from enrollments.siasn import tasks as siasn
from enrollments.standings import tasks as standings
from enrollments.subscriptions import tasks as subscriptions
from enrollments.surveys import tasks as surveys
from enrollments.tallies import tasks as tallies

__all__ = [
    "archives",
    "attempts",
    "badges",
    "builder",
    "certificates",
    "claims",
    "issuance",
    "reminders",
    "reports",
    "rosters",
    "siasn",
    "standings",
    "subscriptions",
    "surveys",
    "tallies",
]
