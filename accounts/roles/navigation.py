"""The frame around every page: which links this person has, and where they stand now.

A link is shown only when its page exists and the person bears a role for it. Roles are read once per request
(`grants_of`), and nothing is read before a template asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from accounts.roles.models import RoleGrant
from accounts.roles.queries import grants_of

OFFICER, REVIEWER, TRAINER, HEAD, ADMIN = (
    RoleGrant.Role.OFFICER,
    RoleGrant.Role.REVIEWER,
    RoleGrant.Role.TRAINER,
    RoleGrant.Role.HEAD,
    RoleGrant.Role.ADMIN,
)
STAFF = frozenset({OFFICER, ADMIN})
PHONE = 5  # links that a thumb reaches in one row; of more, the fifth becomes "More"


class Entry(NamedTuple):
    name: str
    icon: str
    label: Promise
    roles: frozenset[str] = frozenset()


STUDY = (
    Entry("home", "home", _("Home")),
    Entry("catalogue", "search", _("Catalogue")),
    Entry("certificates", "certificate", _("Certificates")),
    Entry("inbox", "bell", _("Messages")),
)
OFFICE = (
    Entry("office", "home", _("Home"), STAFF),
    Entry("office-courses", "book", _("Courses"), STAFF),
    Entry("office-cohorts", "calendar", _("Cohorts"), STAFF | {TRAINER}),
    Entry("office-answers", "chat", _("Answers"), STAFF | {TRAINER}),
    Entry("office-people", "people", _("People"), STAFF),
    Entry("office-certificates", "certificate", _("Certificates"), STAFF),
    Entry("office-claims", "document", _("Claims"), STAFF),
    Entry("report", "chart", _("Report"), STAFF),
    Entry("office-reviews", "quiz", _("Reviews"), frozenset({REVIEWER})),
    Entry("office-questionnaires", "pencil", _("Surveys"), STAFF),
    Entry("office-imports", "upload", _("Imports"), STAFF),
    Entry("jobs", "refresh", _("Work in progress"), STAFF),
    Entry("office-reminders", "clock", _("Reminders"), STAFF),
    Entry("office-siasn", "upload", _("Send to SIASN"), STAFF),
    Entry("office-agencies", "building", _("Units"), STAFF),
    Entry("office-roles", "key", _("Roles"), STAFF),
    Entry("office-jp-rules", "list", _("JP rules"), frozenset({ADMIN})),
    Entry("office-mobile-data", "download", _("Mobile data"), frozenset({ADMIN})),
    Entry("office-audit", "shield", _("Audit trail"), STAFF),
)
REPORTS = (
    Entry("report", "chart", _("Report"), frozenset({HEAD})),
    Entry("team", "person", _("My team"), frozenset({HEAD})),
    Entry("report-people", "people", _("People"), frozenset({HEAD})),
    Entry("report-evaluation", "chat", _("Evaluation"), frozenset({HEAD})),
    Entry("signing", "sign", _("To be signed"), frozenset({HEAD})),
    Entry("exports", "download", _("Downloads"), frozenset({HEAD})),
    Entry("report-builder", "list", _("Own reports"), frozenset({HEAD})),
    Entry("report-mail", "clock", _("Scheduled mail"), frozenset({HEAD})),
)


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    icon: str
    current: str = ""  # "page", "true" on a page below it, or nothing

    @property
    def is_current(self) -> bool:
        return bool(self.current)


class Links(NamedTuple):
    """The first few, which fit in one row of a phone, and the rest."""

    first: list[Link]
    rest: list[Link]

    @property
    def rest_is_current(self) -> bool:
        return any(link.is_current for link in self.rest)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class Frame:
    """What base templates ask for as `nav`."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.path = request.path
        self.user: Any = getattr(request, "user", None)

    @property
    def is_known(self) -> bool:
        return self.user is not None and self.user.is_authenticated

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in grants_of(self.user)) if self.is_known else frozenset()

    def _links(self, entries: tuple[Entry, ...]) -> Iterator[Link]:
        found = [
            (entry, address)
            for entry in entries
            if (not entry.roles or entry.roles & self.roles) and (address := _address(entry.name))
        ]
        # The page itself, or else the longest address above it: /office/ is not "here" on /office/courses/.
        above = [address for _entry, address in found if address != "/" and self.path.startswith(address)]
        here = max(above, key=len, default="")
        for entry, address in found:
            current = "page" if address == self.path else "true" if address == here else ""
            yield Link(str(entry.label), address, entry.icon, current)

    @cached_property
    def study(self) -> list[Link]:
        return list(self._links(STUDY))

    @property
    def is_in_reports(self) -> bool:
        """Under /reports/ and /team/, and for a head without other roles on every page of an office (their own long work)."""
        return HEAD in self.roles and (self.path.startswith(("/reports/", "/team/")) or not self.roles - {HEAD})

    @cached_property
    def office(self) -> Links:
        links = list(self._links(REPORTS if self.is_in_reports else OFFICE))
        if len(links) <= PHONE:
            return Links(links, [])
        return Links(links[: PHONE - 1], links[PHONE - 1 :])

    @property
    def room(self) -> Promise:
        """Which of the rooms this page belongs to, said beside the brand."""
        return _("Heads") if self.is_in_reports else _("Training office")

    @cached_property
    def start(self) -> str:
        """Where the brand leads: the first page of the room."""
        if self.path.startswith(("/office/", "/reports/", "/team/", "/jobs/")) and self.office.first:
            return self.office.first[0].url
        return _address("home") or "/"

    @cached_property
    def account(self) -> list[Link]:
        """The menu under one's own initials: own pages, and the other rooms this person may enter."""
        own = [
            Link(str(_("My data")), _address("my-data"), "person"),
            Link(str(_("Surveys")), _address("surveys"), "pencil"),
            Link(str(_("Settings")), _address("preferences"), "settings"),
        ]
        rooms = [Link(str(_("Learning")), _address("home"), "book"), *self.duties] if self.duties else []
        return [link for link in [*own, *rooms] if link.url]

    @cached_property
    def duties(self) -> list[Link]:
        """The rooms beside learning that this person may enter."""
        office = next(self._links(OFFICE), None)
        reports = next(self._links(REPORTS), None)
        return [
            Link(str(label), first.url, icon)
            for first, label, icon in ((office, _("Training office"), "calendar"), (reports, _("Heads"), "chart"))
            if first
        ]

    @cached_property
    def standing(self) -> str:
        """Unit and post, under the name: `Diskominfo · Pranata Komputer Ahli Muda`."""
        unit = self.user.agency.label if self.is_known and self.user.agency_id else ""
        return " · ".join(part for part in (unit, getattr(self.user, "post", "")) if part)

    @cached_property
    def is_demo(self) -> bool:
        return self.is_known and self.user.is_demo

    @cached_property
    def unread(self) -> int:
        """How many messages wait. Through the person, because notices stand above roles and may not be named here."""
        if not self.is_known:
            return 0
        # What was read with the person is true as long as the request writes nothing, and one that is only looked at never does.
        if self.user.unread_messages is not None and self.request.method in {"GET", "HEAD"}:
            return int(self.user.unread_messages)
        return int(self.user.notices.shown().unread().count())


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: `nav`."""
    return {"nav": Frame(request)}
