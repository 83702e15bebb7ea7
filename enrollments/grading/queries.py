"""Open answers that a trainer reads."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.lesson_kinds import kinds
from enrollments.attempts.models import TO_BE_READ, AttemptItem, AttemptItemQuerySet

PAGE = 30

SHOWN: dict[str, Promise] = {"": _("To be read"), "read": _("Commented"), "all": _("All")}


@dataclass(frozen=True)
class Answers:
    rows: list[AttemptItem]
    shown: str
    counts: dict[str, int]
    next_after: int | None


def open_answers(user: Any) -> AttemptItemQuerySet:
    """Answers to lessons of the kinds that want a trainer's eye, in the person's cohorts."""
    names = [kind.name for kind in kinds if kind.needs_marking]
    return (
        AttemptItem.objects.in_office_of(user)
        .filter(attempt__lesson__kind__in=names)
        .exclude(attempt__enrollment__status="withdrawn")
        .select_related(
            "attempt__lesson", "attempt__enrollment__learner__agency", "attempt__enrollment__cohort", "commented_by"
        )
        .select_related("attempt__enrollment__version")
    )


def list_answers(user: Any, *, shown: str = "", after: int | None = None) -> Answers:
    """A page of answers, the newest first."""
    shown = shown if shown in SHOWN else ""
    rows = open_answers(user)
    counts = rows.aggregate(all=Count("pk"), waiting=Count("pk", filter=TO_BE_READ))
    if shown == "":
        rows = rows.to_be_read()
    elif shown == "read":
        rows = rows.exclude(TO_BE_READ)
    if after:
        rows = rows.filter(pk__lt=after)
    page = list(rows.order_by("-pk")[: PAGE + 1])
    return Answers(
        page[:PAGE],
        shown,
        {"": counts["waiting"], "read": counts["all"] - counts["waiting"], "all": counts["all"]},
        page[PAGE - 1].pk if len(page) > PAGE else None,
    )
