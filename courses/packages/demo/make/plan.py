"""What a course's `media.toml` asks for, and where in the package it goes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paper:
    """One job aid: a Typst source and the PDF's place in the package."""

    source: str
    to: str


@dataclass(frozen=True)
class Pictures:
    """One Typst source whose pages, in order, become the named WebP files."""

    source: str
    to: list[str]


@dataclass(frozen=True)
class Scene:
    """One page of the slides: what it shows (for the transcript; empty when the same picture goes on) and what is said."""

    page: int
    shows: str
    says: list[str]


@dataclass(frozen=True)
class Film:
    source: str
    title: str
    to: str
    scenes: list[Scene]


@dataclass(frozen=True)
class Plan:
    papers: list[Paper]
    pictures: Pictures | None
    film: Film


def read_plan(folder: Path) -> Plan:
    """The plan of one course; a missing key is a KeyError that names it."""
    data = tomllib.loads((folder / "media.toml").read_text(encoding="utf-8"))
    film = data["film"]
    return Plan(
        papers=[Paper(source=item["source"], to=item["to"]) for item in data.get("papers", [])],
        pictures=Pictures(**data["pictures"]) if "pictures" in data else None,
        film=Film(
            source=film["source"],
            title=film["title"],
            to=film["to"],
            scenes=[Scene(item["page"], item.get("shows", ""), item["says"]) for item in film["scenes"]],
        ),
    )
