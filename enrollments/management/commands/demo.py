"""`demo`: load the Medan demo data; `demo --accounts`: with which accounts one can look around."""

from random import Random
from typing import Any

from django.core.management.base import CommandParser
from django.db import connection, transaction
from django.utils import timezone

from accounts.agencies.models import Agency
from accounts.notices.models import Notice
from accounts.people.models import User
from asn_lms.lib.commands import JsonCommand, Refused
from asn_lms.lib.days import local_day
from enrollments.certificates.actions import issue_certificate
from enrollments.certificates.models import Certificate
from enrollments.management.demo.claims import write_claims
from enrollments.management.demo.courses import write_courses
from enrollments.management.demo.desks import write_desks
from enrollments.management.demo.history import SIGNED_BY_HAND, write_history
from enrollments.management.demo.papers import write_papers
from enrollments.management.demo.people import ACCOUNTS, PASSWORD, write_people
from enrollments.management.demo.reports import write_reports
from enrollments.management.demo.siasn import write_siasn
from enrollments.management.demo.surveys import write_surveys
from enrollments.management.demo.tree import ROOT_CODE, write_tree

# The area code of Medan: the same city every time.
SEED = 1271
LOCK = 0xDE40


class Command(JsonCommand):
    help = "Loads the demo city: offices, 3,000 invented people, courses, a year of history. Running it twice changes nothing."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="print the accounts that can sign in")

    def run(self, **options: Any) -> dict[str, Any]:
        return _accounts() if options["accounts"] else load()

    def say(self, answer: dict[str, Any]) -> str:
        if "accounts" not in answer:
            return super().say(answer)
        return "\n".join(f"{a['role']:<12} {a['login']}  {a['password']}  {a['agency']}" for a in answer["accounts"])


def load() -> dict[str, Any]:
    """Write the city in one transaction, or nothing when it stands already."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if Agency.objects.filter(code=ROOT_CODE).exists():
            return {"loaded": False, "people": User.objects.filter(is_demo=True).count()}
        now = timezone.now()
        today = local_day(Agency.Zone.WIB, now)
        dice = Random(SEED)  # noqa: S311 - invented people, not secrets
        city = write_tree()
        crowd = write_people(city, dice, today)
        courses = write_courses(city, crowd.accounts["officer"], crowd.accounts["reviewer"], now)
        places = write_history(city, crowd, courses, dice, now)
        write_desks(city, crowd, dice, now)
        write_claims(crowd, Random(SEED), now)  # noqa: S311 - by itself, so that the rest of the city stays as it is
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    # A worker draws the two thousand others in the minutes after; whoever looks around finds these at once: their own, and some
    # that wait for the signature of an official.
    papers = Certificate.objects.order_by("id")
    for_signing = papers.filter(series__organiser=city.offices[SIGNED_BY_HAND[1]], state=Certificate.State.CONFIRMED)
    for certificate in [*papers.filter(enrollment__learner__in=crowd.accounts.values()), *for_signing[:6]]:
        issue_certificate(certificate.pk, now)
    write_siasn(city, crowd, now)
    write_papers(city, crowd, now)
    with transaction.atomic():
        write_surveys(crowd, dice, now)
        write_reports(crowd, now)
    # Nobody is written to about the demo's own beginnings.
    Notice.objects.filter(mail_state=Notice.Mail.DUE).update(mail_state=Notice.Mail.NONE)
    return {"loaded": True, "people": len(crowd.everybody()), "courses": len(courses), "enrollments": places}


def _accounts() -> dict[str, Any]:
    people = {
        person.email: person
        for person in User.objects.filter(email__in=[a.email for a in ACCOUNTS]).select_related("agency")
    }
    if len(people) < len(ACCOUNTS):
        raise Refused({"error": "The demo data are not loaded. Run: python manage.py demo"})
    return {
        "accounts": [
            {"role": a.role, "login": people[a.email].nip, "password": PASSWORD, "agency": str(people[a.email].agency)}
            for a in ACCOUNTS
        ]
    }
