"""The ways in which a lesson takes no input."""

from django.utils.translation import gettext as _

from asn_lms.lib.refusals import Refusal
from courses.structure.models import Lesson


class NotLearning(Refusal):
    """The place has ended, or the course is completed and its graded quizzes are closed with it."""


class PreTestFirst(Refusal):
    """The pre-test stands before this lesson and was not handed in."""

    def __init__(self, pre_test: Lesson) -> None:
        self.pre_test = pre_test
        super().__init__(
            _("First hand in the pre-test “%(title)s”. It need not be passed; the lessons after it open then.")
            % {"title": pre_test.title}
        )


class AttemptOver(Refusal):
    """This attempt has been handed in."""


class NotBegun(Refusal):
    """The quiz has not been started, so there is nothing to answer."""


class NoAttemptsLeft(Refusal):
    """Every attempt has been used. An officer may give more."""
