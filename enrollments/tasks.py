"""Contents: the background tasks of enrollments."""

from enrollments.certificates import tasks as certificates
from enrollments.tallies import tasks as tallies

__all__ = ["certificates", "tallies"]
