"""Reading attempts."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from asn_lms.lib.prepared import Prepared, Slot
from courses.lesson_kinds import Kind, kinds
from courses.structure.models import Lesson
from enrollments.attempts.models import Attempt, ExtraAttempts
from enrollments.enrolling.models import Enrollment


@dataclass(frozen=True)
class Seat:
    """A learner before a lesson: its kind and content, the newest attempt, and how many attempts they have."""

    kind: Kind
    content: Any
    attempt: Attempt | None
    # The kind's own state of that attempt; None before the first.
    state: Any
    # How many attempts in all; None: no limit.
    allowed: int | None
    used: int

    @property
    def is_going_on(self) -> bool:
        return self.attempt is not None and self.attempt.closed_at is None

    @property
    def left(self) -> int | None:
        return None if self.allowed is None else max(self.allowed - self.used, 0)

    @property
    def may_begin(self) -> bool:
        """Whether a fresh attempt may be begun now."""
        return not self.is_going_on and (self.left is None or self.left > 0)


def _newest_first() -> QuerySet[Attempt]:
    return Attempt.objects.filter(enrollment=Slot("place"), lesson=Slot("lesson")).order_by("-number")


_NEWEST = Prepared(lambda: _newest_first()[:1])
_NEWEST_LOCKED = Prepared(lambda: _newest_first().select_for_update(no_key=True)[:1])
_EXTRA = Prepared(
    lambda: ExtraAttempts.objects.filter(enrollment=Slot("place"), lesson=Slot("lesson")).values_list(
        "extra", flat=True
    )
)


def seat(enrollment: Enrollment, lesson: Lesson, *, locked: bool = False) -> Seat:
    """Read it; `locked` holds the newest attempt until the transaction ends."""
    kind = kinds[lesson.kind]
    content = kind.load(lesson)
    newest = _NEWEST_LOCKED if locked else _NEWEST
    attempt = newest.first(place=enrollment.pk, lesson=lesson.pk)
    allowed = kind.attempts_allowed(content)
    if lesson.is_pre_test and kind.gives_score(content):
        allowed = 1  # a second go, after the lessons, would measure something else
    if allowed is not None:
        allowed += sum(_EXTRA.rows(place=enrollment.pk, lesson=lesson.pk))
    return Seat(
        kind=kind,
        content=content,
        attempt=attempt,
        state=kind.state_from_json(attempt.state) if attempt else None,
        allowed=allowed,
        used=attempt.number if attempt else 0,
    )


def answer_of(attempt: Attempt, at: Seat) -> dict[str, Any]:
    """What an input answers, on the web and by REST. The score is 0–100."""
    return {
        "state": at.kind.learn_data(at.content, at.kind.state_from_json(attempt.state)),
        "finished": attempt.is_finished,
        "score": float(attempt.score) if attempt.score is not None else None,
        "seq": attempt.seq,
    }
