"""Screens of the head: the report and the downloads."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from accounts.agencies.models import Agency
from accounts.jobs.models import Job
from accounts.people import asking
from accounts.roles.models import RoleGrant
from accounts.roles.queries import has_role, paths_of
from asn_lms.lib.days import local_day
from asn_lms.lib.pages import page
from asn_lms.lib.reading import Before, Told, behind_the_wall
from enrollments.reports.actions import TASK, ask_for_export
from enrollments.reports.brief import brief
from enrollments.reports.canonical import read
from enrollments.reports.columns import headcount
from enrollments.reports.desk import desk_of
from enrollments.reports.figures import AgencyReport
from enrollments.reports.files import Form
from enrollments.reports.models import Snapshot
from enrollments.reports.queries import Frame, agency_report, frame_of
from enrollments.reports.rules import READERS, line_of, may_read_reports, top_agency
from enrollments.reports.shown import shown_to
from enrollments.reports.staff import Show, StaffPage, staff_page
from enrollments.standings.models import FIRST_YEAR

BELOW_SHOWN = 5
# Above so many people five of them say nothing: there the units say where to look.
BELOW_SHOWN_UP_TO = 2_000
UNITS_SHOWN = COURSES_SHOWN = 10
# Days on which the report was kept that a person may choose among.
DAYS_SHOWN = 60
Figures = tuple[AgencyReport, StaffPage | None]


@dataclass(frozen=True)
class Asked:
    """What every page of a report is about."""

    agency: Agency
    year: int
    years: list[int]
    # Units above this one that the person may open, from the top
    above: list[Agency]


def asked(request: HttpRequest, unless_said: Agency | None = None) -> Asked:
    """The unit (`agency`, otherwise this one, otherwise the highest that the person may read) and the year that an address asks for.

    Raises 403 for who bears no such role, 404 for a unit outside their grants.
    """
    user = asking.person(request)
    if not may_read_reports(user):
        raise PermissionDenied
    wanted = request.GET.get("agency") or request.POST.get("agency") or ""
    if not wanted and unless_said:
        wanted = str(unless_said.pk)
    line = (
        line_of(user, int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0)
        if wanted
        else [top_agency(user)]
    )
    if not line:
        raise Http404
    *above, agency = line
    today = local_day(agency.zone)
    year = request.GET.get("year") or request.POST.get("year") or ""
    years = list(range(today.year, FIRST_YEAR - 1, -1))
    chosen = int(year) if year.isascii() and year.isdigit() and int(year[:4]) in years else today.year
    return Asked(agency, chosen, years, above)


@login_required
@require_safe
def office(request: HttpRequest) -> HttpResponse:
    """The officer's first page: what needs a hand."""
    officer = asking.person(request)
    if not has_role(officer, RoleGrant.Role.OFFICER):
        raise PermissionDenied
    return page(request, "enrollments/reports/office.html", {"desk": desk_of(officer), "day": timezone.now()})


def _known(request: HttpRequest, about: Asked) -> Snapshot | None:
    """The kept report that an address or a form names (`known`), when it is of this unit and year; 404 where it is not theirs to see."""
    wanted = request.GET.get("known") or request.POST.get("known") or ""
    if not wanted:
        return None
    pk = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0
    rows = Snapshot.objects.visible_to(request.user).filter(agency=about.agency)
    found = behind_the_wall(paths_of(request.user, *READERS), lambda: get_object_or_404(rows, pk=pk))
    return found if found.year == about.year else None


@login_required
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """One glance: how many of my PNS have their JP, where it is missing, and how it moves. Now, or as it was known on a day."""
    about = asked(request)
    known = _known(request, about)
    now = timezone.now()
    units = None if request.GET.get("units") == "all" else UNITS_SHOWN
    courses = None if request.GET.get("courses") == "all" else COURSES_SHOWN
    if known:
        told = Told[Figures]((read(known.figures).report, None))
    else:
        frame = frame_of(about.agency, about.year)
        told = shown_to(request.user, lambda: _figures(about, now, (units, courses), frame), before=frame)
    figures, below = told.value
    today = local_day(about.agency.zone, now)
    jobs = Job.objects.owned_by(request.user).filter(task=TASK)
    context: dict[str, Any] = {
        "about": about,
        "told": told,
        "report": figures,
        # What was kept has all of them, and of earlier days no number.
        "courses": figures.courses[:courses],
        "courses_total": max(figures.courses_total, len(figures.courses)),
        "headcount": list(headcount(figures)),
        "brief": brief(figures),
        "below": below,
        "known": known,
        "forms": Form,
        "job": jobs.exclude(state=Job.State.CANCELLED).filter(payload__agency=about.agency.pk).first(),
        "days_left": (
            (today.replace(year=about.year, month=12, day=31) - today).days
            if about.year == today.year and not known
            else 0
        ),
        "month_names": [date_format(date(about.year, number, 1), "M") for number in range(1, 13)],
        "shares": [row.share for row in figures.months],
    }
    return page(request, "enrollments/reports/report.html", context)


def _figures(about: Asked, now: datetime, most: tuple[int | None, int | None], frame: Before[Frame]) -> Figures:
    """The report with so many units and courses, and beside one of few people those who miss most."""
    units, courses = most
    report = agency_report(about.agency, about.year, now, units=units, courses=courses, frame=frame)
    if report.staff.people > BELOW_SHOWN_UP_TO:
        return report, None
    return report, staff_page(
        about.agency,
        about.year,
        local_day(about.agency.zone, now),
        show=Show.BELOW,
        limit=BELOW_SHOWN,
        floor=report.floor,
        total=report.staff.below,
    )


@login_required
@require_safe
def known(request: HttpRequest) -> HttpResponse:
    """The days on which the report of this unit and year was kept."""
    about = asked(request)
    newest = Snapshot.objects.newest_of_each_day(about.agency, about.year)[:DAYS_SHOWN]
    days = behind_the_wall(paths_of(request.user, *READERS), lambda: list(newest))
    return page(request, "enrollments/reports/known.html", {"about": about, "days": days})


@login_required
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """The files that this person asked for."""
    if not may_read_reports(request.user):
        raise PermissionDenied
    return page(
        request, "enrollments/reports/exports.html", {"jobs": Job.objects.owned_by(request.user).filter(task=TASK)[:30]}
    )


@login_required
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """Ask for a file; the page that was left shows how far it is."""
    about = asked(request)
    known = _known(request, about)
    ask_for_export(
        about.agency,
        about.year,
        by=asking.person(request),
        form=request.POST.get("form", "xlsx"),
        show=request.POST.get("show", Show.ALL),
        known=known,
    )
    back = f"&known={known.pk}" if known else ""
    return redirect(f"{reverse('report')}?agency={about.agency.pk}&year={about.year}{back}#export")
