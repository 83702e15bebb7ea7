"""Contents: the background tasks of accounts."""

from accounts.agencies import tasks as agencies
from accounts.jobs import tasks as jobs
from accounts.notices import tasks as notices
from accounts.people import tasks as people

__all__ = ["agencies", "jobs", "notices", "people"]
