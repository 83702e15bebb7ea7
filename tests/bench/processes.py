"""The processes of a served site, looked at from outside."""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

KIBIBYTE = 1024


def memory(data_dir: Path, role: str) -> tuple[int, int]:
    """MiB in RAM of a role's processes, what they share counted in each; and how many they are."""
    group = int((data_dir / "run" / f"{role}.pid").read_text())
    kilobytes = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(entry.name)) == group:
                found = re.search(r"VmRSS:\s+(\d+)", (entry / "status").read_text())
                kilobytes += [int(found[1])] if found else []
        except (OSError, ProcessLookupError):
            continue
    return sum(kilobytes) // KIBIBYTE, len(kilobytes)


def children(data_dir: Path, role: str) -> list[int]:
    """Those that do the role's work, without the one that leads them."""
    leader = (data_dir / "run" / f"{role}.pid").read_text().strip()
    return [int(word) for word in Path(f"/proc/{leader}/task/{leader}/children").read_text().split()]


@contextmanager
def resting(data_dir: Path, role: str) -> Iterator[None]:
    """That role stands still meanwhile: the demo has thousands of papers to draw, which is not what is measured."""
    group = int((data_dir / "run" / f"{role}.pid").read_text())
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)


def resident(pid: int) -> int:
    """KiB in RAM of a process."""
    return _told(pid, "VmRSS")


def most_resident(pid: int) -> int:
    """KiB in RAM of a process when it had most."""
    return _told(pid, "VmHWM")


def _told(pid: int, what: str) -> int:
    found = re.search(rf"{what}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0


@dataclass
class Watch:
    """What a role's processes needed between two looks, also those that were replaced meanwhile.

    `work`: seconds of the processor by process, the same however many others want the cores. `peak`: KiB in RAM of the largest one.
    """

    data_dir: Path
    role: str
    before: dict[int, float] = field(default_factory=dict)
    work: dict[int, float] = field(default_factory=dict)
    peak: int = 0

    def __post_init__(self) -> None:
        self.look()
        self.before = dict(self.work)

    def look(self) -> None:
        for pid in children(self.data_dir, self.role):
            with suppress(OSError):  # it has just ended
                times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                self.work[pid] = (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")
                found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
                self.peak = max(self.peak, int(found[1]) if found else 0)

    @property
    def seconds(self) -> float:
        return sum(self.work.values()) - sum(self.before.values())

    @property
    def peak_mebibytes(self) -> int:
        return self.peak // KIBIBYTE
