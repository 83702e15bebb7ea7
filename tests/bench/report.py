"""The figures: a line each, and in the end a file."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.browsing import Measured


@dataclass
class Report:
    """The figures as they come: a line each, and in the end a file."""

    figures: dict[str, dict[str, float | str]] = field(default_factory=dict)

    def add(self, name: str, value: float, unit: str) -> None:
        self.figures[name] = {"value": round(value, 3), "unit": unit}
        print(f"{name} {value:.{1 if abs(value) >= 10 else 3}f} {unit}", flush=True)

    def add_page(self, name: str, measured: Measured) -> None:
        self.add(f"{name}_rate", measured.per_second, "requests/s")
        self.add(f"{name}_p50", measured.p50, "ms")
        self.add(f"{name}_p95", measured.p95, "ms")

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(self.figures, indent=2) + "\n")
