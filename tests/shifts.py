"""Which process of `-n` runs which tests: a file stays whole, and what is dear to make is made once, for all files that take it."""

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

from asn_lms.embedded import ROOT

# How a test says that it takes what is dear. (`--dist loadgroup` would ask the fixtures, but does not know the node ids of pytest 9.)
DEAR = ("walk: Walk", "stack: Stack", "bare: Served")
# tests/test_start.py takes both.
TOGETHER = {"bare: Served": "stack: Stack"}
# A minute or more each, so begun first; what waits for processes stands beside what computes.
LONGEST_FIRST = (
    "stack: Stack",
    "walk: Walk",
    "tests/test_twice.py",
    "tests/test_bad_input.py",
    "tests/enrollments/test_faults.py",
    "tests/asn_lms/test_embedded.py",
    "tests/journeys/test_publishing.py",
)


@cache
def shift(file: str) -> str:
    """What this file of tests must stay together with: a dear thing, or itself alone."""
    source = Path(ROOT, file).read_text()
    found = next((taken for taken in DEAR if taken in source), file)
    return TOGETHER.get(found, found)


def place(file: str) -> int:
    """Its place in the order of beginning."""
    return LONGEST_FIRST.index(shift(file)) if shift(file) in LONGEST_FIRST else len(LONGEST_FIRST)


class Shifts(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return shift(nodeid.partition("::")[0])
