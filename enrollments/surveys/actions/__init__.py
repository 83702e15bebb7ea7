"""Surveys: questionnaires written, people asked, answers taken and put together."""

from enrollments.surveys.actions.answering import answer_invitation, judge
from enrollments.surveys.actions.inviting import invite
from enrollments.surveys.actions.putting_together import put_together

__all__ = ["answer_invitation", "invite", "judge", "put_together"]
