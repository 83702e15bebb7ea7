"""Contents: the background tasks of accounts."""

from accounts.notices import tasks as notices

__all__ = ["notices"]
