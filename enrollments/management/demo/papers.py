"""What lies in the office of certificates today: statements for who attended a cohort to no end, one of them in need of a hand, and a
file of certificates that the head asked for.
"""

from datetime import datetime

from django.db.models import Count, Q

from accounts.agencies.models import Agency
from accounts.jobs.actions import claim_job
from accounts.notices.models import Notice
from asn_lms.lib.days import local_day
from enrollments.archives.actions import ask_for_archive
from enrollments.archives.archive import write_archive
from enrollments.archives.queries import Wanted
from enrollments.certificates.actions import confirm
from enrollments.certificates.models import Certificate
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.models import Enrollment
from enrollments.issuance.actions import begin_issuance, serve_next
from enrollments.issuance.models import Audience
from enrollments.management.demo.people import Crowd
from enrollments.management.demo.tree import City

# As many of a cohort are enough to look at.
STATEMENTS = 12


def write_papers(city: City, crowd: Crowd, now: datetime) -> None:
    """By the product's own actions; nobody is written to about it."""
    _statements(city, crowd, now)
    head = crowd.accounts["head"]
    if head.agency:
        job = claim_job(ask_for_archive(Wanted(head.agency.pk), by=head).pk)
        if job is not None:
            write_archive(job)
    kinds = ["archive.ready", "certificate.confirm"]
    Notice.objects.filter(kind__in=kinds, mail_state=Notice.Mail.DUE).update(mail_state=Notice.Mail.NONE)


def _statements(city: City, crowd: Crowd, now: datetime) -> None:
    """Of the cohort that ended with most people short of completing: half confirmed, one that could not be made."""
    today = local_day(Agency.Zone.WIB, now)
    late = {"status": Enrollment.Status.ACTIVE, "started_at__isnull": False, "due_on__lt": today}
    short = Q(**{f"enrollments__{name}": value for name, value in late.items()})
    cohorts = Cohort.objects.filter(organiser=city.offices["BKPSDM"], ends_on__lt=today)
    cohort = cohorts.annotate(short=Count("enrollments", filter=short)).order_by("-short", "pk").first()
    if cohort is None:
        return
    places = cohort.enrollments.filter(**late).order_by("pk")[:STATEMENTS]
    issuance = begin_issuance(
        cohort, Audience.ATTENDED, by=crowd.accounts["officer"], only=[place.pk for place in places], now=now
    )
    while serve_next(now):
        pass
    papers = [line.certificate for line in issuance.lines.select_related("certificate__enrollment__learner")]
    for paper in papers[: STATEMENTS // 2]:
        if paper is not None:
            confirm(paper, by=paper.enrollment.learner, now=now)
    aside = papers[0]
    if aside is not None:
        Certificate.objects.filter(pk=aside.pk).update(is_stuck=True, tries=5, error="OSError: disk penuh (DEMO)")
