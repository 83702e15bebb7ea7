"""Contents: the background tasks of enrollments."""

from enrollments.tallies import tasks as tallies

__all__ = ["tallies"]
