"""All certificates of a unit in one file: asked for here, packed by a worker."""

from dataclasses import asdict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.jobs.actions import start_job
from accounts.jobs.models import Job
from accounts.people.models import User
from asn_lms.lib.refusals import NotYours, Refusal
from asn_lms.lib.words import number
from enrollments.archives.queries import Wanted, wanted_papers
from enrollments.archives.rules import may_archive

TASK = "archives.pack"
# About 3 GB; a year of a large city.
MOST = 20_000


def ask_for_archive(wanted: Wanted, *, by: User) -> Job:
    """Let a worker pack the papers. The file waits with the job for a week, for the person who asked only."""
    agency: Agency | None = Agency.objects.filter(pk=wanted.agency).first()
    if agency is None or not may_archive(by, agency, wanted.whose):
        raise NotYours(gettext_lazy("The certificates of this unit are not yours to download."))
    count = wanted_papers(by, wanted).count()
    if not count:
        raise Refusal(_("No certificate is as you wish it. Leave one of the choices open."))
    if count > MOST:
        raise Refusal(
            _("These are %(count)s certificates, and one file holds at most %(most)s. Choose a year or a course.")
            % {"count": number(count, places=0), "most": number(MOST, places=0)}
        )
    title = _("Certificates, %(unit)s") % {"unit": agency.label}
    payload = {"wanted": asdict(wanted), "language": by.language}
    job = start_job(TASK, f"{title}, {wanted.year}" if wanted.year else title, owner=by, payload=payload)
    asked = {name: value for name, value in asdict(wanted).items() if value and name != "agency"}
    record("certificate.archived", agency, by=by, agency=agency, count=count, **asked)
    return job
