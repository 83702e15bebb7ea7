"""The processes of a served site, looked at from outside."""

import os
import re
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


def most_memory(pids: list[int]) -> int:
    """MiB in RAM of the largest of them, at its largest since it began."""
    found = [re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()) for pid in pids]
    return max(int(one[1]) for one in found if one) // KIBIBYTE
