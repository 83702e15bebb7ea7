"""Lesson kinds without tables, so that these promises hold for any kind."""

import pytest

from courses.lesson_kinds import kinds
from tests.enrollments.plain_kinds import ExamKind, PlainKind, TimedKind


@pytest.fixture
def _plain_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {name: kinds[name] for name in kinds.names()}
    monkeypatch.setattr(kinds, "_found", {**found, "plain": PlainKind(), "exam": ExamKind(), "timed": TimedKind()})
