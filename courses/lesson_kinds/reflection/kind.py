"""Reflection: an open answer in one's own words, done when it is sent. The trainer may comment on it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from asn_lms.lib.refusals import Refusal
from asn_lms.lib.richtext import render, tidy
from courses.lesson_kinds import Kind, Outcome, Unreadable, Weight, travelling
from courses.lesson_kinds.reflection.models import ReflectionContent
from courses.structure.models import Lesson

LONGEST = 20_000  # characters
LONGEST_OFFLINE = timedelta(days=30)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Reflection:
    """A reflection lesson as it is read."""

    prompt: str = ""
    min_words: int = 30


@dataclass(frozen=True)
class ReflectionState:
    """`draft`: what stands in the field, written at `at` (milliseconds since 1970); `sent`: what was handed in."""

    draft: str = ""
    at: int = 0
    sent: str = ""
    sent_at: str = ""
    # Whether the last try to send was refused because it was too short; said beside the field.
    is_too_short: bool = False


class ReflectionKind(Kind):
    name = "reflection"
    label = gettext_lazy("Reflection")
    icon = "chat"
    needs_marking = True
    learn_template = "reflection/learn.html"
    edit_template = "reflection/edit.html"

    def open(self, content: Reflection, *, rng: Random, now: datetime) -> ReflectionState:
        return ReflectionState()

    def receive(self, content: Reflection, state: ReflectionState, data: Mapping[str, Any], now: datetime) -> Outcome:
        """`draft`: keep what is typed (and `at`, when); send=1 with `text`: hand it in.

        What is too short is kept as a draft, so that nothing typed is lost, and nothing is finished by it.
        """
        current = int(now.timestamp() * 1000)
        if data.get("send"):
            text = _plain(data.get("text", ""))
            state = replace(state, draft=text, at=current)
            if count_words(text) < max(content.min_words, 1):
                return Outcome(replace(state, is_too_short=True), finished=bool(state.sent))
            state = replace(state, sent=text, sent_at=now.isoformat(), is_too_short=False)
            return Outcome(state, finished=True, items={"text": text})
        if "draft" not in data and "text" not in data:
            raise Unreadable(_("A reflection takes draft=…, or send=1 with text=…."))
        draft = _plain(data.get("draft", data.get("text", "")))
        try:
            at = int(data.get("at") or current)
        except (TypeError, ValueError):
            raise Unreadable(_("at must be a whole number: milliseconds since 1970.")) from None
        at = max(int((now - LONGEST_OFFLINE).timestamp() * 1000), min(at, current))
        if at >= state.at:
            state = replace(state, draft=draft, at=at, is_too_short=False)
        return Outcome(state, finished=bool(state.sent))

    def learn_context(self, content: Reflection, state: ReflectionState | None) -> dict[str, Any]:
        state = state or ReflectionState()
        return {
            "prompt": render(content.prompt),
            "min_words": content.min_words,
            "state": state,
            "words": count_words(state.draft),
            "sent_at": datetime.fromisoformat(state.sent_at) if state.sent_at else None,
            "is_changed": bool(state.sent) and state.draft != state.sent,
            "longest": LONGEST,
        }

    def learn_data(self, content: Reflection, state: ReflectionState | None) -> dict[str, Any]:
        state = state or ReflectionState()
        return {
            "prompt": str(render(content.prompt)),
            "min_words": content.min_words,
            "draft": state.draft,
            "words": count_words(state.draft),
            "sent": state.sent or None,
            "sent_at": state.sent_at or None,
            "too_short": state.is_too_short,
        }

    def state_to_json(self, state: ReflectionState) -> dict[str, Any]:
        return {
            "draft": state.draft,
            "at": state.at,
            "sent": state.sent,
            "sent_at": state.sent_at,
            "too_short": state.is_too_short,
        }

    def state_from_json(self, data: Mapping[str, Any]) -> ReflectionState:
        return ReflectionState(
            draft=str(data.get("draft", "")),
            at=int(data.get("at", 0)),
            sent=str(data.get("sent", "")),
            sent_at=str(data.get("sent_at", "")),
            is_too_short=bool(data.get("too_short")),
        )

    def walk_through(
        self, content: Reflection, state: ReflectionState, *, rng: Random, skill: float, text: str = ""
    ) -> Iterator[Mapping[str, Any]]:
        yield {
            "send": "1",
            "text": " ".join([text or self.name] * (1 + content.min_words // max(count_words(text), 1))),
        }

    def load(self, lesson: Lesson) -> Reflection:
        return self.load_many([lesson])[lesson.pk]

    def load_many(self, lessons: Sequence[Lesson]) -> dict[int, Reflection]:
        rows = ReflectionContent.objects.filter(lesson__in=lessons).values_list("lesson", "prompt", "min_words")
        return {pk: Reflection(prompt, min_words) for pk, prompt, min_words in rows}

    def create(self, lesson: Lesson) -> Reflection:
        row = ReflectionContent.objects.create(lesson=lesson)
        return Reflection(row.prompt, row.min_words)

    def copy(self, content: Reflection, *, to: Lesson) -> Reflection:
        ReflectionContent.objects.create(lesson=to, prompt=content.prompt, min_words=content.min_words)
        return content

    def author_form(self, lesson: Lesson, data: Any = None, files: Any = None) -> Any:
        from courses.lesson_kinds.reflection.forms import ReflectionForm

        return ReflectionForm(lesson, self.load(lesson), data)

    def problems(self, content: Reflection) -> list[str]:
        return (
            [] if content.prompt.strip() else [_("The question is empty. Write what the learner should think about.")]
        )

    def weight(self, content: Reflection) -> Weight:
        return Weight(page=travelling(content.prompt))

    def pack(self, content: Reflection) -> tuple[dict[str, Any], dict[str, IO[bytes]]]:
        return {"prompt": content.prompt, "min_words": content.min_words}, {}

    def unpack(self, lesson: Lesson, values: Mapping[str, Any], files: Mapping[str, Path], *, by: Any) -> Reflection:
        min_words = values.get("min_words", 30)
        if not isinstance(min_words, int) or not 0 <= min_words <= 1000:
            raise Refusal(_("min_words must be a whole number from 0 to 1000."))
        ReflectionContent.objects.create(lesson=lesson, prompt=tidy(str(values.get("prompt", ""))), min_words=min_words)
        return self.load(lesson)


def count_words(text: str) -> int:
    return len(text.split())


def _plain(text: Any) -> str:
    """What a learner typed: plain text, never markup; one kind of line end."""
    return _CONTROL.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST]


kind = ReflectionKind()
