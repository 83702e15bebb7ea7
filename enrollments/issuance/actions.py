"""Papers for many of a cohort by one act: promised first, then given one by one by a worker.

The promise is a row for each person. A worker gives a line its number and its state in one transaction, so a line whose worker is
killed waits as before and takes no second number; the clock finds it when its message was lost.
"""

import logging
import time
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.days import local_day
from asn_lms.lib.later import later
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.certificates.actions.issuing import take_up_again
from enrollments.certificates.actions.reserving import reserve_certificate
from enrollments.certificates.models import Certificate
from enrollments.certificates.queries import is_withheld
from enrollments.cohorts.actions import locked_cohort
from enrollments.cohorts.models import Cohort
from enrollments.enrolling.actions import locked_enrollment
from enrollments.enrolling.models import Enrollment
from enrollments.issuance.models import GETS, Audience, Fate, Issuance, IssuanceLine
from enrollments.issuance.queries import kind_for, with_fate
from enrollments.issuance.rules import may_issue
from enrollments.progress.queries import standing

logger = logging.getLogger(__name__)
WORK = "issuance.work"
# So many people in one act; more are given theirs by the next.
MOST = 5000
MOST_TRIES = 5
PAUSE = timedelta(seconds=20)
State = IssuanceLine.State


@transaction.atomic
def begin_issuance(
    cohort: Cohort, audience: str, *, by: User, only: Collection[int] | None = None, now: datetime | None = None
) -> Issuance:
    """Promise a paper to everybody of the cohort who should get one, or to those chosen among them (`only`: places).

    Asked twice at once, the second waits for the first and finds nobody left. Who gets none by the rules is passed over.
    """
    now = now or timezone.now()
    cohort = locked_cohort(cohort)
    if not may_issue(by, cohort):
        raise NotYours(_("Only training officers of the organiser issue papers for this cohort."))
    if audience not in Audience.values:
        raise Refusal(_("Choose to whom."), field="to")
    getting = with_fate(cohort, audience, by=by, now=now).filter(fate__in=GETS)
    if only is not None:
        getting = getting.filter(pk__in=only)
    places = list(getting.order_by("learner__name", "pk").values_list("pk", flat=True)[:MOST])
    if not places:
        if only is not None and not only:
            raise Refusal(_("Tick at least one person, or choose everybody."), field="who")
        raise Refusal(_("Nobody is left who gets this paper now. Below stands why."), field="who")
    issuance = Issuance.objects.create(cohort=cohort, audience=audience, kind=kind_for(cohort, audience), made_by=by)
    IssuanceLine.objects.bulk_create(
        [IssuanceLine(issuance=issuance, enrollment_id=pk) for pk in places], batch_size=1000
    )
    record("certificate.issue_begun", cohort, by=by, count=len(places), kind=issuance.kind)
    later(WORK)
    return issuance


def work(now: datetime, at: str | None = None, *, seconds: float = 5) -> int:
    """Serve what waits, oldest first, until nothing is left; returns how many. When the time is up the rest is queued anew,
    behind what others wait for.
    """
    ends_at = time.monotonic() + seconds
    count = 0
    while serve_next(now):
        count += 1
        if time.monotonic() > ends_at:
            later(WORK, at)
            break
    return count


def sweep(now: datetime, at: str | None = None) -> bool:
    """Wake a worker if any line waits: its message may be lost, or its worker dead."""
    waiting = IssuanceLine.objects.due(now).exists()
    if waiting:
        later(WORK, at)
    return waiting


@transaction.atomic
def serve_next(now: datetime) -> bool:
    """Serve one line that nobody else serves. What breaks is tried five times, then stands as failed, with its reason."""
    line = (
        IssuanceLine.objects.due(now)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("issuance__cohort__organiser", "issuance__made_by", "enrollment")
        .first()
    )
    if line is None:
        return False
    try:
        with transaction.atomic():
            _serve(line, now)
    except Exception as error:
        logger.exception("Line %s of issue %s broke", line.pk, line.issuance_id)
        line.tries += 1
        line.state = State.FAILED if line.tries >= MOST_TRIES else State.WAITING
        line.reason, line.certificate, line.not_before = "", None, now + PAUSE * line.tries
        line.error = f"{type(error).__name__}: {error}"[:300]
        line.save()
    return True


@transaction.atomic
def try_again(issuance: Issuance, *, by: User) -> int:
    """Let everything of this act that stopped be tried anew: lines, and certificates that were set aside. Returns how many."""
    if not may_issue(by, issuance.cohort):
        raise NotYours(_("Only training officers of the organiser issue papers for this cohort."))
    stopped = issuance.lines.filter(state__in=[State.FAILED, State.REFUSED])
    ids = list(stopped.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    issuance.lines.filter(pk__in=ids).update(state=State.WAITING, reason="", error="", tries=0, not_before=None)
    aside = Certificate.objects.filter(is_stuck=True, pk__in=issuance.lines.values("certificate")).filter(
        enrollment__cohort=issuance.cohort_id
    )
    papers = list(aside.select_related("series__organiser", "enrollment"))
    for paper in papers:
        take_up_again(paper, by=by)
    count = len(ids) + len(papers)
    if count:
        record("certificate.issue_tried_again", issuance.cohort, by=by, count=count)
        later(WORK)
    return count


def _serve(line: IssuanceLine, now: datetime) -> None:
    """Give the line its paper by the rule as it stands now, or say why not."""
    issuance = line.issuance
    place = locked_enrollment(line.enrollment)
    row = (
        with_fate(issuance.cohort, issuance.audience, by=issuance.made_by, now=now, but=line)
        .filter(pk=place.pk)
        .values_list("fate", flat=True)
        .first()
    )
    fate = Fate(row) if row else Fate.WITHDRAWN
    if fate == Fate.AGAIN:
        line.certificate = Certificate.objects.of_completion().live().get(enrollment=place)
        take_up_again(line.certificate, by=issuance.made_by)
    elif fate == Fate.GIVE:
        line.certificate = _reserved(issuance, place, now)
        fate = fate if line.certificate else Fate.WITHHELD
    line.state = State.GIVEN if line.certificate else State.REFUSED
    line.reason = "" if line.certificate else fate
    line.error, line.not_before = "", None
    line.save()


def _reserved(issuance: Issuance, place: Enrollment, now: datetime) -> Certificate | None:
    """The certificate with its number; None for an STTP that may not be given."""
    if issuance.audience == Audience.ATTENDED:
        on = local_day(issuance.cohort.organiser.zone, now)
        return reserve_certificate(place, on=on, now=now, kind=issuance.kind)
    on = local_day(place.learner.zone, place.completed_at or now)
    if is_withheld(place, on):
        return None
    return reserve_certificate(place, on=on, now=now, scores=standing(place).scores_by_module)
