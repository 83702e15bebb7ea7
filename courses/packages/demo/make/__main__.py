"""`python -m courses.packages.demo.make [course folder …]`: draw the media of all demo courses, or of the named ones."""

from __future__ import annotations

import sys
from pathlib import Path

from courses.packages.demo.make.film import make_film
from courses.packages.demo.make.paper import draw_pictures, print_paper
from courses.packages.demo.make.plan import read_plan

HERE = Path(__file__).resolve().parent


def main(names: list[str]) -> None:
    for folder in sorted(path.parent for path in HERE.glob("*/media.toml")):
        if names and folder.name not in names:
            continue
        plan, package = read_plan(folder), HERE.parent / folder.name
        made: list[Path] = []
        for paper in plan.papers:
            made.append(print_paper(folder / paper.source, package / paper.to))
        if plan.pictures:
            made += draw_pictures(folder / plan.pictures.source, [package / name for name in plan.pictures.to])
        made += make_film(plan.film, folder, package)
        for path in made:
            print(f"{path.stat().st_size / 1024:7.1f} KB  {path.relative_to(HERE.parent)}")


main(sys.argv[1:])
