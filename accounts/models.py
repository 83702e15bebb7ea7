"""Contents: the tables of accounts."""

from accounts.absences.models import Absence
from accounts.agencies.models import Agency, Holiday
from accounts.audit.models import AuditEntry
from accounts.jobs.models import ClockBeat, IdempotencyKey, Job
from accounts.notices.models import Notice
from accounts.people.models import PersonNumber, Placement, Rank, User
from accounts.portraits.models import Portrait
from accounts.roles.models import RoleGrant
from accounts.signin.models import ActivationCode, ApiToken, PrivacyAcknowledgement, PrivacyNotice

__all__ = [
    "Absence",
    "ActivationCode",
    "Agency",
    "ApiToken",
    "AuditEntry",
    "ClockBeat",
    "Holiday",
    "IdempotencyKey",
    "Job",
    "Notice",
    "PersonNumber",
    "Placement",
    "Portrait",
    "PrivacyAcknowledgement",
    "PrivacyNotice",
    "Rank",
    "RoleGrant",
    "User",
]
