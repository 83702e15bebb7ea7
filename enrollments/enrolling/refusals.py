"""The ways in which a place is refused."""

from asn_lms.lib.refusals import Refusal


class CohortFull(Refusal):
    """Every seat is taken."""


class EnrolmentClosed(Refusal):
    """The cohort takes no more people: closed, cancelled, over, or its window has passed."""


class AlreadyLearning(Refusal):
    """The person learns the same course elsewhere, or has completed this very version."""
