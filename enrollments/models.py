"""Contents: the tables of enrollments."""

from enrollments.attempts.models import Attempt, AttemptItem, ExtraAttempts
from enrollments.certificates.models import Certificate, CertificateSeries, CorrectionRequest
from enrollments.cohorts.models import Cohort
from enrollments.credits.models import Credit, YearlyTarget
from enrollments.designs.models import CertificateDesign, DesignVersion
from enrollments.enrolling.models import Enrollment
from enrollments.progress.models import LessonProgress
from enrollments.reminders.models import Reminder
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
from enrollments.tallies.models import Tally, TallyDelta

__all__ = [
    "AgencyMapping",
    "Attempt",
    "AttemptItem",
    "AuthorityKey",
    "Certificate",
    "CertificateDesign",
    "CertificateSeries",
    "Cohort",
    "CorrectionRequest",
    "CourseMapping",
    "Credit",
    "DesignVersion",
    "Enrollment",
    "ExtraAttempts",
    "IndexPoint",
    "LessonProgress",
    "OfficialIndex",
    "Posting",
    "Reminder",
    "SealActivation",
    "SiasnPerson",
    "SigningIdentity",
    "Tally",
    "TallyDelta",
    "TypeMapping",
    "YearlyTarget",
]
