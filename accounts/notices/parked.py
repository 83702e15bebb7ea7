"""The alarm for long work that broke off again and again (promise R4)."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.jobs.models import Job
from accounts.notices.actions import tell
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.days import local_day


def tell_job_parked(job_id: int) -> None:
    """Tell the owner, and the administrators over the owner's unit. Nobody is told twice, however often this runs."""
    job = Job.objects.select_related("owner", "owner__agency").get(pk=job_id)
    for person in {*_administrators_over(job.owner), *([job.owner] if job.owner else [])}:
        tell(
            person,
            "job-parked",
            f"job {job.pk}",
            _("Long work was set aside"),
            format_lazy(_("“{title}” broke off five times and was set aside."), title=job.title),
            f"/jobs/{job.uid}/" if job.owner_id == person.pk else "",
        )


def _administrators_over(owner: User | None) -> list[User]:
    grants = RoleGrant.objects.filter(role=RoleGrant.Role.ADMIN, person__is_active=True).select_related(
        "person", "agency"
    )
    path = owner.agency.path if owner and owner.agency else ""
    today = local_day(owner.zone) if owner else local_day("Asia/Jakarta")
    return [grant.person for grant in grants.effective(today) if not path or path.startswith(grant.agency.path)]
