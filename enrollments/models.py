"""Contents: the tables of enrollments."""

from enrollments.attempts.models import Attempt, AttemptItem, ExtraAttempts
from enrollments.badges.models import Badge, BadgeIssuer, IssuerKey, StatusList
from enrollments.builder.models import SavedReport
from enrollments.certificates.models import Certificate, CertificateSeries, CorrectionRequest, ShareLink
from enrollments.claims.models import Claim, ClaimDay, ClaimEvent, Evidence, EvidenceArchive
from enrollments.cohorts.models import Cohort
from enrollments.conversion.models import ConversionRule, YearlyTarget
from enrollments.credits.models import ClosedYear, Credit, CreditDay, LedgerEntry, LedgerPosting
from enrollments.designs.models import CertificateDesign, DesignVersion
from enrollments.enrolling.models import Enrollment
from enrollments.issuance.models import Issuance, IssuanceLine
from enrollments.progress.models import LessonProgress
from enrollments.reminders.models import Reminder
from enrollments.reports.models import SavedView, Snapshot
from enrollments.siasn.models import (
    AgencyMapping,
    CourseMapping,
    IndexPoint,
    OfficialIndex,
    Posting,
    SiasnPerson,
    TypeMapping,
)
from enrollments.signing.models import AuthorityKey, SealActivation, SigningIdentity
from enrollments.standings.models import Stale, Standing, UnitCount
from enrollments.subscriptions.models import Dispatch, Subscription
from enrollments.surveys.models import (
    Answer,
    Bundle,
    Invitation,
    Question,
    Questionnaire,
    QuestionnaireVersion,
    Sheet,
)
from enrollments.tallies.models import Tally, TallyDelta

__all__ = [
    "AgencyMapping",
    "Answer",
    "Attempt",
    "AttemptItem",
    "AuthorityKey",
    "Badge",
    "BadgeIssuer",
    "Bundle",
    "Certificate",
    "CertificateDesign",
    "CertificateSeries",
    "Claim",
    "ClaimDay",
    "ClaimEvent",
    "ClosedYear",
    "Cohort",
    "ConversionRule",
    "CorrectionRequest",
    "CourseMapping",
    "Credit",
    "CreditDay",
    "DesignVersion",
    "Dispatch",
    "Enrollment",
    "Evidence",
    "EvidenceArchive",
    "ExtraAttempts",
    "IndexPoint",
    "Invitation",
    "Issuance",
    "IssuanceLine",
    "IssuerKey",
    "LedgerEntry",
    "LedgerPosting",
    "LessonProgress",
    "OfficialIndex",
    "Posting",
    "Question",
    "Questionnaire",
    "QuestionnaireVersion",
    "Reminder",
    "SavedReport",
    "SavedView",
    "SealActivation",
    "ShareLink",
    "Sheet",
    "SiasnPerson",
    "SigningIdentity",
    "Snapshot",
    "Stale",
    "Standing",
    "StatusList",
    "Subscription",
    "Tally",
    "TallyDelta",
    "TypeMapping",
    "UnitCount",
    "YearlyTarget",
]
