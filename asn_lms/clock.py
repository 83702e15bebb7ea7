"""Every periodic job on one page: name, when, why. `run_clock --at` runs them all once as if it were that time."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Job:
    """A task that takes one optional argument, `at`: the instant to act for, as ISO text; none means now."""

    task: str
    every: timedelta
    why: str


JOBS: list[Job] = []
