"""Numbers, names, days and hours as the reader writes them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from asn_lms.lib import richtext, words
from asn_lms.lib.tags.library import register

register.filter("jp", words.jp)
register.filter("percent", words.percent)
register.filter("score", words.score)
register.filter("roman", words.roman)
register.filter("counted", words.counted)
register.filter("nip", words.spaced_nip)
register.filter("mask_nip", words.mask_nip)
register.filter("initials", words.initials)
register.filter("size", words.file_size)
register.filter("rupiah", words.rupiah)
register.filter("stopwatch", words.stopwatch)
register.filter("richtext", richtext.render)


@register.filter
def thousands(value: words.Number) -> str:
    """`12.480`"""
    return words.number(value, places=0)


@register.filter
def share_of(part: words.Number, whole: words.Number) -> str:
    """`{{ 71|share_of:112 }}` → `63,4%`"""
    return words.share(part, whole)


@register.filter
def minutes(value: int) -> str:
    """`25 menit`, `1 jam 30 menit`"""
    hours, rest = divmod(int(value), 60)
    parts = []
    if hours:
        parts.append(_("%(count)s hr") % {"count": hours})
    if rest or not hours:
        parts.append(_("%(count)s min") % {"count": rest})
    return " ".join(parts)


@register.filter
def waiting(seconds: int) -> str:
    """How long something takes to come: `29 detik`, `5 menit`; a minute that has begun counts whole."""
    if seconds < 60:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    return minutes(-(-seconds // 60))


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def day(value: date | datetime | None) -> str:
    """`5 Maret 2026`, in the reader's zone."""
    return format_date(_local(value), "j F Y") if value else words.NONE


@register.filter
def day_short(value: date | datetime | None) -> str:
    """`5 Mar`"""
    return format_date(_local(value), "j M") if value else words.NONE


@register.filter
def day_long(value: date | datetime | None) -> str:
    """`Rabu, 11 November 2026`"""
    return format_date(_local(value), "l, j F Y") if value else words.NONE


@register.filter
def hour(value: datetime | None) -> str:
    """`10.42 WIB`, in the reader's zone."""
    if not value:
        return words.NONE
    local = _local(value)
    assert isinstance(local, datetime)
    return f"{local:%H.%M} {local.tzname() or ''}".rstrip()


@register.filter
def moment(value: datetime | None) -> str:
    """`11 November 2026, 10.42 WIB`"""
    return f"{day(value)}, {hour(value)}" if value else words.NONE


@register.simple_tag
def days(start: date | None, end: date | None) -> str:
    """From day to day without saying anything twice: `16–20 November 2026`, `28 Februari – 3 Maret 2026`."""
    if not start or not end or start == end:
        return day(start or end)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{day(end)}"
    if start.year == end.year:
        return f"{format_date(start, 'j F')} – {day(end)}"
    return f"{day(start)} – {day(end)}"


@register.filter
def milliseconds(value: datetime) -> str:
    """Since 1970, for scripts: what was done on two devices within one second has an order too."""
    return str(int(value.timestamp() * 1000))


@register.simple_tag
def server_clock() -> str:
    """The present moment in milliseconds, by which a script learns how far its device's clock is off."""
    return milliseconds(timezone.now())
