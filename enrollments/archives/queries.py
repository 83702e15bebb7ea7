"""Which certificates an archive holds."""

from dataclasses import dataclass
from typing import Any

from accounts.agencies.models import Agency, below
from accounts.roles.queries import paths_of
from enrollments.archives.rules import ISSUED, PEOPLE, readers
from enrollments.certificates.models import Certificate, CertificateQuerySet

# In force, taken back, or both.
READY, REVOKED, ALL = "ready", "revoked", "all"


@dataclass(frozen=True)
class Wanted:
    """The unit (and all below it), and what is wanted of it; an empty value leaves nothing out."""

    agency: int
    whose: str = PEOPLE
    year: int | None = None
    course: int | None = None
    cohort: int | None = None
    kind: str = ""
    state: str = READY


def wanted_papers(user: Any, wanted: Wanted) -> CertificateQuerySet:
    """Those that have a paper, within the person's grants as they are now."""
    to = "series__organiser__" if wanted.whose == ISSUED else "enrollment__learner__agency__"
    unit = Agency.objects.filter(pk=wanted.agency).first()
    if unit is None:
        return Certificate.objects.none()
    rows = Certificate.objects.stands().filter(
        below(paths_of(user, *readers(wanted.whose)), to), below([unit.path], to)
    )
    if wanted.state == READY:
        rows = rows.ready()
    elif wanted.state == REVOKED:
        rows = rows.filter(state=Certificate.State.REVOKED)
    exact = {
        "year": wanted.year,
        "kind": wanted.kind,
        "enrollment__cohort": wanted.cohort,
        "enrollment__cohort__course": wanted.course,
    }
    return rows.filter(**{name: value for name, value in exact.items() if value})
