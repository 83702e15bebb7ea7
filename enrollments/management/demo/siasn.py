"""What the demo city has told SIASN: a trial of the connection in the past, a file after it, and what waits since. Nothing of it is sent."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle

from courses.taxonomy.models import TrainingType
from enrollments.certificates.actions import issue_certificate, mark_synced
from enrollments.certificates.models import Certificate
from enrollments.management.demo.people import Crowd
from enrollments.management.demo.tree import City
from enrollments.siasn.actions import open_rows
from enrollments.siasn.fields import whole_hours
from enrollments.siasn.models import AgencyMapping, OfficialIndex, Posting, TypeMapping

DEMO = "DEMO, bukan id sebenarnya"
State, Reason = Posting.State, Posting.Reason
# How it went, for the oldest certificates in turn.
STORY = (
    *[(State.VERIFIED, "", "")] * 9,
    (State.FAILED, Reason.UNKNOWN, ""),
    *[(State.HANDED, "", "")] * 6,
    (State.FAILED, Reason.REJECTED, "Tanggal selesai mendahului tanggal mulai"),
    (State.FAILED, Reason.MISMATCH, "SIASN menunjukkan {there} JP, kita mengirim {here}."),
)


def write_siasn(city: City, crowd: Crowd, now: datetime) -> None:
    """The ids of two kinds of training, the past of some certificates, and the official value of the account `learner`."""
    AgencyMapping.objects.create(agency=city.root, instansi_id="DE" + "0" * 30, basis=DEMO)
    for code, letter in (("8", "P"), ("5", "Sertipikat"), ("3", "T")):
        TypeMapping.objects.create(
            instansi=city.root,
            training_type=TrainingType.objects.get(code=code),
            certificate_kind=letter,
            document_ref="DEMO-1",
            basis=DEMO,
        )
    own = [person.pk for person in crowd.accounts.values()]
    papers = Certificate.objects.exclude(enrollment__learner__in=own).filter(
        enrollment__version__training_type__code__in=["8", "5"]
    )
    oldest = list(papers.order_by("id")[: len(STORY)])
    for paper in oldest:
        issue_certificate(paper.pk, now)
    open_rows()
    for number, (paper, (state, reason, message)) in enumerate(zip(oldest, cycle(STORY), strict=False)):
        _went(Posting.objects.get(certificate=paper), state, reason, message, number, crowd, now)
    OfficialIndex.objects.create(
        person=crowd.accounts["learner"],
        qualification=Decimal(15),
        competence=Decimal(25),
        performance=Decimal(25),
        discipline=Decimal(5),
        total=Decimal(70),
        valued_on=(now - timedelta(days=120)).date(),
        read_at=now - timedelta(days=20),
    )


def _went(row: Posting, state: str, reason: str, message: str, number: int, crowd: Crowd, now: datetime) -> None:
    at = now - timedelta(days=90 - number)
    hours = whole_hours(row.certificate.enrollment.version.jp)
    row.state, row.reason, row.message = state, reason, message.format(there=hours // 2, here=hours)
    if state == State.HANDED:
        row.handed_at, row.handed_by = at, crowd.accounts["officer"]
    elif state == State.VERIFIED or reason == Reason.MISMATCH:
        row.record_id = f"DEMO-{row.pk}"
        row.sent_jp, row.sent_at = hours, at
    if state == State.VERIFIED:
        row.verified_at = at
        mark_synced(row.certificate)
    row.save()
