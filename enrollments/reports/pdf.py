"""The report on paper (`report.typ`): letterhead, the share with its denominator, units, months as a chart, courses.

Drawn from the text that is kept (`canonical.py`) and nothing else, so the same kept report gives the same bytes whenever it is drawn
again in the same language by the same template and engine. On each page's foot stand the instant of the data and the text's SHA-256.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from asn_lms.lib import words
from enrollments.designs.engine import draw_pdf, draw_pictures
from enrollments.reports.brief import brief
from enrollments.reports.canonical import Kept, read
from enrollments.reports.columns import COURSES, KINDS, MONTHS, UNITS, Column, line, said, summary
from enrollments.reports.figures import AgencyReport

TEMPLATE = Path(__file__).with_name("report.typ")


def draw_report(figures: str, fingerprint: str) -> bytes:
    """The PDF, in the language in force: tagged, PDF/A-3a and PDF/UA-1."""
    kept = read(figures)
    return draw_pdf(
        TEMPLATE,
        _inputs(kept, fingerprint),
        dated=kept.report.as_of.replace(microsecond=0),
        about=f"Report {fingerprint[:12]}",
    )


def report_pictures(figures: str, fingerprint: str, *, ppi: float = 96) -> list[bytes]:
    """Its pages as PNG."""
    return draw_pictures(TEMPLATE, _inputs(read(figures), fingerprint), ppi=ppi)


def _inputs(kept: Kept, fingerprint: str) -> dict[str, str]:
    return {"data": json.dumps(_printed(kept, fingerprint), ensure_ascii=False)}


def _printed(kept: Kept, fingerprint: str) -> dict[str, Any]:
    report = kept.report
    at = report.as_of.astimezone(ZoneInfo(report.agency.zone))
    moment = f"{format_date(at, 'j F Y')}, {at:%H.%M} {report.agency.get_zone_display()}"
    title = _("Report on competency development, %(year)s") % {"year": report.year}
    return {
        "lang": get_language() or "id",
        "letterhead": list(kept.letterhead),
        "title": title,
        "document_title": f"{title}: {report.agency.name}",
        "demo": _("SAMPLE: all names and numbers are invented.") if report.agency.is_demo else "",
        "as_of": _("Data as of %(at)s") % {"at": moment},
        "fingerprint": _("Fingerprint of the data (SHA-256)") + f": {fingerprint}",
        "page": _("Page %(page)s of %(pages)s") % {"page": "@", "pages": "#"},
        "share": words.share(report.staff.reached, report.staff.pns),
        "share_says": _share_says(report),
        "not_counted": _("Not counted in it: %(pppk)s PPPK (24 JP is a ceiling) and %(cpns)s CPNS (covered by Latsar).")
        % {"pppk": words.number(report.staff.pppk), "cpns": words.number(report.staff.cpns)},
        "brief": brief(report),
        "summary_title": _("Main numbers"),
        "summary": [[name, said(figure)] for name, figure in summary(report)],
        "chart": _chart(report),
        "tables": [
            _table(_("PNS who reached the target, by unit"), UNITS[:8], report.units),
            _table(_("Places by unit"), (UNITS[0], *UNITS[8:]), report.units),
            _table(_("Month by month"), MONTHS, report.months, named=[_month(row.month) for row in report.months]),
            _table(_("By course"), COURSES, report.courses, texts=2),
            _table(_("JP by path (jalur)"), KINDS, report.paths),
            _table(_("JP by kind of competency"), KINDS, report.competencies),
        ],
        "none": _("There is nothing to show here."),
    }


def _share_says(report: AgencyReport) -> str:
    if not report.staff.pns:
        return _("No active PNS serves in this unit.")
    return _("%(reached)s of %(pns)s active PNS have %(floor)s JP or more in %(year)s.") % {
        "reached": words.number(report.staff.reached),
        "pns": words.number(report.staff.pns),
        "floor": words.jp(report.floor or 0),
        "year": report.year,
    }


def _month(month: date) -> str:
    return format_date(month, "F")


def _chart(report: AgencyReport) -> dict[str, Any]:
    """A column for each month of the year; last year's share as a mark across it."""
    shares = [row.share for row in report.months]
    past = [*report.past, *[None] * 12][:12]
    names = [format_date(date(report.year, number, 1), "M") for number in range(1, 13)]
    known = [f"{name} {words.percent(share)}" for name, share in zip(names, shares, strict=False) if share is not None]
    return {
        "title": _("Share of the PNS with the target reached, by the end of each month"),
        "alt": _("Columns: %(values)s") % {"values": ", ".join(known)} if known else "",
        "past_says": _("Mark: the year before") if any(share is not None for share in past) else "",
        "columns": [
            {
                "name": name,
                "height": float(share) if share is not None else None,
                "label": words.percent(share) if share is not None else "",
                "past": float(before) if before is not None else None,
            }
            for name, share, before in zip(names, [*shares, *[None] * 12][:12], past, strict=True)
        ],
    }


def _table(
    title: str, columns: Sequence[Column], rows: Iterable[Any], *, texts: int = 1, named: list[str] | None = None
) -> dict[str, Any]:
    """`texts`: so many columns at the left are words; `named` stands in the first one instead."""
    cells = [[said(cell) for cell in line(columns, row)] for row in rows]
    if named:
        cells = [[name, *row[1:]] for name, row in zip(named, cells, strict=True)]
    return {"title": title, "texts": texts, "headings": [str(column.label) for column in columns], "rows": cells}
