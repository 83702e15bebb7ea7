"""A report as a file: the same rows as the page, printed by one function for XLSX and CSV."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from asn_lms.lib import words
from asn_lms.lib.days import local_day
from asn_lms.lib.sheets import Leaf
from enrollments.reports.figures import AgencyReport, PersonRow, Places, Staff
from enrollments.reports.staff import Show, staff


def people_leaf(report: AgencyReport, *, show: str = Show.ALL) -> Leaf:
    """Everybody under the filter, who misses most first."""
    today = local_day(report.agency.zone, report.as_of)
    headings = (
        _("Name"), _("NIP"), _("Post"), _("Unit"), _("Status"), _("JP %(year)s") % {"year": report.year}, _("JP missing"),
        _("Courses completed"), _("In progress"), _("Overdue"),
    )  # fmt: skip
    rows = (person_line(person) for person in staff(report.agency, report.year, today, show=show))
    return Leaf(_("People"), headings, rows, (34, 22, 34, 38, 8, 9, 9, 12, 12, 12))


def person_line(person: PersonRow) -> tuple[Any, ...]:
    return (
        person.name, person.nip, person.post, person.unit, person.employment, person.jp, "" if person.missing is None else person.missing,
        person.completed, person.in_progress, person.overdue,
    )  # fmt: skip


def leaves(report: AgencyReport, *, show: str = Show.ALL) -> Iterator[Leaf]:
    """The whole report: summary, units, courses, months, people."""
    yield Leaf(_("Summary"), (_("What"), _("Number")), list(_summary(report)), (46, 40))
    counts = (_("Enrolled"), _("Completed"), _("In progress"), _("Overdue"))
    yield Leaf(
        _("Units"),
        (
            _("Unit"),
            _("People"),
            "PNS",
            _("PNS who reached it"),
            _("Share (%)"),
            _("JP per PNS"),
            "PPPK",
            "CPNS",
            *counts,
        ),
        [(row.name, *_of_staff(row.staff), *_of_places(row.places)) for row in report.units],
        (44, 10, 8, 12, 10, 10, 8, 8, 10, 10, 12, 10),
    )
    yield Leaf(
        _("Courses"),
        (_("Code"), _("Course"), *counts),
        [(row.code, row.title, *_of_places(row.places)) for row in report.courses],
        (14, 48, 10, 10, 12, 10),
    )
    yield Leaf(
        _("Months"),
        (_("Month"), *counts, "JP", _("PNS who reached it"), _("Share (%)")),
        [
            (
                f"{row.month:%Y-%m}",
                row.enrolled,
                row.completed,
                row.in_progress,
                row.overdue,
                row.jp,
                row.reached,
                row.share if row.share is not None else "",
            )
            for row in report.months
        ],
        (10, 10, 10, 12, 10, 10, 12, 10),
    )
    yield people_leaf(report, show=show)


def _summary(report: AgencyReport) -> Iterator[tuple[Any, Any]]:
    staff_, floor = report.staff, words.jp(report.floor or 0)
    yield _("Unit"), report.agency.name
    yield _("Year"), report.year
    yield _("Data as of"), _when(report.as_of, report)
    yield _("Active people"), staff_.people
    yield _("Active PNS"), staff_.pns
    yield _("PNS with %(floor)s JP or more") % {"floor": floor}, staff_.reached
    yield _("Share of the PNS (%)"), staff_.share if staff_.share is not None else ""
    yield _("PNS below the target"), staff_.below
    yield _("JP per PNS"), staff_.mean if staff_.mean is not None else ""
    yield _("PPPK (24 JP is a ceiling; no floor)"), staff_.pppk
    yield _("CPNS (covered by Latsar)"), staff_.cpns
    yield _("Enrolled in the year"), report.places.enrolled
    yield _("Completed in the year"), report.places.completed
    yield _("In progress"), report.places.in_progress
    yield _("Overdue"), report.places.overdue
    yield _("Studied within 7 days"), report.places.studying


def _when(at: datetime, report: AgencyReport) -> str:
    local = at.astimezone(ZoneInfo(report.agency.zone))
    return f"{local:%Y-%m-%d %H.%M} {report.agency.get_zone_display()}"


def _of_staff(one: Staff) -> tuple[Any, ...]:
    share = one.share if one.share is not None else ""
    mean = one.mean if one.mean is not None else ""
    return (one.people, one.pns, one.reached, share, mean, one.pppk, one.cpns)


def _of_places(one: Places) -> tuple[Any, ...]:
    return (one.enrolled, one.completed, one.in_progress, one.overdue)
