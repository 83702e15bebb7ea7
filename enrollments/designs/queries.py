"""Reading designs."""

from dataclasses import dataclass

from accounts.agencies.models import Agency
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import agencies_of
from courses.taxonomy.models import CertificateKind
from enrollments.designs.models import CertificateDesign, DesignVersion
from enrollments.designs.paper import OF_PLACE, unit_line
from enrollments.enrolling.models import Enrollment

State = DesignVersion.State


def design_in_use(organiser: Agency, kind: str) -> DesignVersion | None:
    """The published design of the organiser for this kind, or of the nearest unit above that has one; None: the house's own."""
    line = [unit.pk for unit in unit_line(organiser)]
    rows = DesignVersion.objects.filter(
        design__organiser__in=line, design__kind=kind, state=State.PUBLISHED
    ).select_related("design", "signatory__rank", "back_signatory")
    found = {row.design.organiser_id: row for row in rows}
    return next((found[pk] for pk in reversed(line) if pk in found), None)


@dataclass(frozen=True)
class DesignRow:
    organiser: Agency
    kind: str
    label: str
    used: DesignVersion | None
    draft: DesignVersion | None


def designs_of(user: User) -> list[DesignRow]:
    """Each kind of each organiser among the person's units: those that have a design, and the person's own organisers."""
    designs = {
        (one.organiser_id, one.kind): one
        for one in CertificateDesign.objects.kept_by(user).select_related("organiser").prefetch_related("versions")
    }
    organisers = {one.pk: one for one in organisers_of(user)} | {
        one.organiser_id: one.organiser for one in designs.values()
    }
    rows = []
    for organiser in sorted(organisers.values(), key=lambda one: one.path):
        for kind in CertificateKind:
            design = designs.get((organiser.pk, kind.value))
            versions = list(design.versions.all()) if design else []
            rows.append(
                DesignRow(
                    organiser,
                    kind.value,
                    kind.label,
                    next((one for one in versions if one.state == State.PUBLISHED), None),
                    next((one for one in versions if one.state == State.DRAFT), None),
                )
            )
    return rows


def organisers_of(user: User) -> list[Agency]:
    """Units under the person's officer grants that run cohorts."""
    mine = agencies_of(user, RoleGrant.Role.OFFICER).active()
    return list(mine.filter(cohorts__isnull=False).distinct().order_by("path"))


def sample_place(organiser: Agency) -> Enrollment | None:
    """The newest completed place in a cohort of the organiser: real data to look at a design with."""
    rows = Enrollment.objects.filter(cohort__organiser=organiser, status=Enrollment.Status.COMPLETED)
    return rows.select_related(*OF_PLACE).order_by("-completed_at").first()


def possible_signatories(organiser: Agency) -> list[User]:
    """Heads of the organiser, of the units above it and directly below it, today."""
    line = [unit.pk for unit in unit_line(organiser)]
    below = list(
        Agency.objects.filter(path__startswith=organiser.path, depth=organiser.depth + 1).values_list("pk", flat=True)
    )
    grants = RoleGrant.objects.filter(role=RoleGrant.Role.HEAD, agency__in=[*line, *below], person__is_active=True)
    return list(User.objects.filter(pk__in=grants.values("person")).order_by("name"))
