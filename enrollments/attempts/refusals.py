"""The ways in which a lesson takes no input."""

from asn_lms.lib.refusals import Refusal


class NotLearning(Refusal):
    """The place has ended, or the course is completed and its graded quizzes are closed with it."""


class AttemptOver(Refusal):
    """This attempt has been handed in."""


class NotBegun(Refusal):
    """The quiz has not been started, so there is nothing to answer."""


class NoAttemptsLeft(Refusal):
    """Every attempt has been used. An officer may give more."""
