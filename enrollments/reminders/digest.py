"""One mail a day: what waits for a person, the nearest first, in their language."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.people.models import User
from asn_lms.lib.words import jp, terbilang
from enrollments.credits.queries import YearOfCredit
from enrollments.reminders.claims import Waiting
from enrollments.reminders.queries import Reminded
from enrollments.reminders.steps import Step


@dataclass(frozen=True)
class Digest:
    """A digest as the notice keeps it: title and body for the inbox, data for the mail."""

    title: str
    body: str
    link: str
    data: dict[str, Any]


def write_digest(
    person: User, places: list[Reminded], credit: YearOfCredit, today: date, *, waiting: Waiting | None = None
) -> Digest:
    """The digest of a person for the day: places, the most urgent first, and claims that wait for them; one of both at least."""
    with translation.override(person.language):
        extra = [_claims(waiting)] if waiting else []
        if not places:
            return _of_claims(person, extra[0], credit, waiting)
        first, *others = places
        title = _title(first, today)
        sentence = _sentence(first, today)
        items = [_item(place, today) for place in others] + extra
        body = "\n".join([sentence[0].upper() + sentence[1:], *(f"{item['title']}: {item['text']}" for item in items)])
        extent = first.extent
        data: dict[str, Any] = {
            "heading": _heading(first, person, today),
            "course": first.enrollment.version.title,
            "sentence": sentence,
            "percent": round(100 * extent.done / extent.lessons) if extent.lessons else 0,
            "verb": _verb(first),
            "items": items,
            "jp": _jp_line(credit),
        }
        if waiting:
            data["claims"] = waiting.count
        return Digest(title, body, _link(first), data)


def _claims(waiting: Waiting) -> dict[str, str]:
    """Claims of learning outside, as an item."""
    said = {"count": waiting.count, "day": format_date(waiting.oldest_on, "l, j F Y")}
    title = ngettext("%(count)s claim waits to be verified", "%(count)s claims wait to be verified", waiting.count)
    text = ngettext("sent on %(day)s", "the oldest was sent on %(day)s", waiting.count)
    return {"title": title % said, "text": text % said, "link": reverse("office-claims"), "verb": _("Verify")}


def _of_claims(person: User, item: dict[str, str], credit: YearOfCredit, waiting: Waiting | None) -> Digest:
    """When nothing else is to be told."""
    assert waiting is not None
    sentence = f"{item['text'][0].upper()}{item['text'][1:]}."
    data = {
        "heading": _("Learning outside waits for you, %(name)s") % {"name": person.get_short_name()},
        "course": f"{item['title']}.",
        "sentence": sentence,
        "verb": item["verb"],
        "items": [],
        "jp": _jp_line(credit),
        "claims": waiting.count,
    }
    return Digest(item["title"], sentence, item["link"], data)


def _days_left(place: Reminded, today: date) -> int | None:
    return (place.enrollment.due_on - today).days if place.enrollment.due_on else None


def _title(place: Reminded, today: date) -> str:
    course = {"course": place.enrollment.version.title}
    left = _days_left(place, today)
    if place.step == Step.START or left is None:
        return _("Not started yet: %(course)s") % course
    if left < 0:
        return _("Deadline passed: %(course)s") % course
    if left == 0:
        return _("Last day: %(course)s") % course
    if left == 1:
        return _("Tomorrow is the deadline: %(course)s") % course
    return _("%(count)s days left: %(course)s") % {**course, "count": left}


def _heading(place: Reminded, person: User, today: date) -> str:
    named = {"name": person.get_short_name()}
    left = _days_left(place, today)
    if place.step == Step.START or left is None:
        return _("Begin with the first step, %(name)s") % named
    if left < 0:
        return _("It is not too late, %(name)s") % named
    if left == 0:
        return _("Today is the last day, %(name)s") % named
    if left == 1:
        return _("One day left, %(name)s") % named
    count = terbilang(left).capitalize() if translation.get_language() == "id" else str(left)
    return _("%(count)s days left, %(name)s") % {**named, "count": count}


def _sentence(place: Reminded, today: date) -> str:
    """What stands and what is left, in full sentences after the course's title."""
    due, extent = place.enrollment.due_on, place.extent
    parts = []
    if due and due < today:
        parts.append(_("ended on %(day)s and can still be completed.") % {"day": format_date(due, "l, j F Y")})
    elif due:
        parts.append(_("ends on %(day)s.") % {"day": format_date(due, "l, j F Y")})
    else:
        parts.append(_("has no deadline and is waiting for you."))
    if extent.done:
        parts.append(_("You have finished %(done)s of %(all)s lessons.") % {"done": extent.done, "all": extent.lessons})
    if extent.minutes_left:
        about = ngettext("About %(count)s minute is left.", "About %(count)s minutes are left.", extent.minutes_left)
        parts.append(about % {"count": extent.minutes_left})
    return " ".join(parts)


def _item(place: Reminded, today: date) -> dict[str, str]:
    left = _days_left(place, today)
    due = place.enrollment.due_on
    if left is None or due is None:
        text = _("no deadline, not started yet")
    elif left < 0:
        text = _("deadline was %(day)s") % {"day": format_date(due, "l, j F Y")}
    else:
        text = _("deadline %(day)s") % {"day": format_date(due, "l, j F Y")}
    return {"title": place.enrollment.version.title, "text": text, "link": _link(place), "verb": _verb(place)}


def _verb(place: Reminded) -> str:
    return _("Continue learning") if place.extent.done or place.enrollment.started_at else _("Start learning")


def _link(place: Reminded) -> str:
    return reverse("learn", args=[place.enrollment.pk])


def _jp_line(credit: YearOfCredit) -> str:
    if credit.target is not None:
        return _("Your JP this year: %(jp)s of %(target)s.") % {"jp": jp(credit.earned), "target": jp(credit.target)}
    return _("Your JP this year: %(jp)s.") % {"jp": jp(credit.earned)}
