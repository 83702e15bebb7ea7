"""A report in three sentences: what is the case, whom to release, what fails."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from asn_lms.lib import words
from enrollments.reports.figures import AgencyReport, UnitRow


def brief(report: AgencyReport) -> list[str]:
    """In the language in force; each about what the figures of the page say and nothing else. None where no PNS serves."""
    return [_case(report), _release(report), _fails(report)] if report.staff.pns and report.floor else []


def _case(report: AgencyReport) -> str:
    staff = report.staff
    said = _("%(reached)s of %(pns)s PNS (%(share)s) have their %(floor)s JP of %(year)s") % {
        "reached": words.number(staff.reached),
        "pns": words.number(staff.pns),
        "share": words.share(staff.reached, staff.pns),
        "floor": words.jp(report.floor or 0),
        "year": report.year,
    }
    before = report.past[len(report.months) - 1] if report.months and len(report.past) >= len(report.months) else None
    if before is not None:
        month = date_format(date(report.year - 1, len(report.months), 1), "F Y")
        said = _("%(said)s; at the end of %(month)s it was %(share)s") % {
            "said": said,
            "month": month,
            "share": words.percent(before),
        }
    if report.forecast:
        said = _("%(said)s, and when the year ends it is likely to be %(low)s to %(high)s") % {
            "said": said,
            "low": words.share(report.forecast.low, staff.pns),
            "high": words.share(report.forecast.high, staff.pns),
        }
    return f"{said}."


def _release(report: AgencyReport) -> str:
    staff, unit = report.staff, _furthest_behind(report)
    if not staff.below:
        return _("Nobody needs to be released: every PNS has reached it.")
    if report.near:
        said = ngettext(
            "Release first the %(near)s PNS who lacks five JP or fewer",
            "Release first the %(near)s PNS who lack five JP or fewer",
            report.near,
        ) % {"near": words.number(report.near)}
    else:
        said = _("Nobody is close: release those who have not begun, %(some)s PNS") % {
            "some": words.number(report.headcount.not_started)
        }
    if unit:
        return _("%(said)s; furthest behind is %(unit)s, where %(below)s of %(pns)s PNS are below it.") % {
            "said": said,
            "unit": unit.name,
            "below": words.number(unit.staff.below),
            "pns": words.number(unit.staff.pns),
        }
    return f"{said}."


def _furthest_behind(report: AgencyReport) -> UnitRow | None:
    """Among several units the one with the lowest share; none where all are alike."""
    rows = [row for row in report.units if row.staff.pns and not row.is_self]
    if len(rows) < 2 or not rows[0].staff.below or rows[0].staff.share == rows[-1].staff.share:
        return None
    return rows[0]


def _fails(report: AgencyReport) -> str:
    overdue = report.places.overdue
    worst = max(report.courses, key=lambda row: row.places.overdue, default=None)
    if not overdue or worst is None:
        if report.headcount.not_started:
            return ngettext(
                "No place is past its deadline, but %(some)s PNS has not begun at all.",
                "No place is past its deadline, but %(some)s PNS have not begun at all.",
                report.headcount.not_started,
            ) % {"some": words.number(report.headcount.not_started)}
        return _("Nothing is stuck: no place is past its deadline.")
    return ngettext(
        "%(some)s place is past its deadline, in the course “%(course)s”.",
        "%(some)s places are past their deadline, most in the course “%(course)s” (%(most)s).",
        overdue,
    ) % {"some": words.number(overdue), "course": worst.title, "most": words.number(worst.places.overdue)}
