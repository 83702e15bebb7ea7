"""Walking through every door: each person of the cast asks for each address, for each side's thing and for one that never was.

The walk happens once for the whole suite, in a transaction that is taken back, and what was seen is kept in memory: the tests about access,
safe methods, headers, hostile texts and names all look at the same answers.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from copy import copy
from dataclasses import dataclass, field
from time import monotonic, time
from typing import Any
from unittest.mock import patch
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from django.utils.html import escape

from accounts.people.models import User
from accounts.signin import gatekeeper
from accounts.signin.backend import SessionBackend
from asn_lms import urls
from tests.doors import Door, known
from tests.world import EVERYBODY, NOBODY, PEOPLE, World, world

# What a GET may write: who looked (audit), and where somebody is signed in.
MAY_BE_WRITTEN = {"accounts_auditentry", "django_session", "usersessions_usersession"}
# Limits are tested by themselves; here they would stop the walk. Sessions live in
# the cookie, so that a POST that is taken back takes back its session.
QUIET = {
    "RATE_LIMITS": False,
    "ACCOUNT_RATE_LIMITS": False,
    "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
}
_BLANK = [
    re.compile(r'nonce="[^"]*"'),
    re.compile(r'name="(?:csrfmiddlewaretoken|idempotency_key)" value="[^"]*"'),
    re.compile(r'"X-CSRFToken":"[^"]*"'),
    re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
]


class QuickClient(Client):
    """Asks without keeping the contexts of templates, which is half the work of a walk."""

    def request(self, **request: Any) -> Any:
        environ = getattr(self, "_base_environ")(**request)  # noqa: B009 - the one way to ask without `Client.request`
        response = self.handler(environ)
        self.cookies.update(response.cookies)
        return response


def plain_404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Stands in for the drawn page: it is answered a thousand times. That the drawn ones tell nothing has a test of its own."""
    return HttpResponse("404", status=404, content_type="text/plain")


def plain_403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse("403", status=403, content_type="text/plain")


@dataclass
class Visit:
    """One question and its answer. `whose`: own, sister, foreign, missing (it never was), mixed (own parent, foreign child)."""

    door: Door
    person: str
    whose: str
    method: str
    path: str
    status: int
    headers: dict[str, str]
    body: bytes
    # Rows written by table, and what was queued for after commit.
    written: dict[str, int]
    queued: int
    seconds: float = 0.0
    cookies: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.person} {self.method} {self.door.name} ({self.whose}) {self.path} → {self.status}"

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def is_page(self) -> bool:
        """HTML that is shown here; what is kept as a file never runs on this site."""
        is_file = self.headers.get("Content-Disposition", "").startswith("attachment")
        return self.headers.get("Content-Type", "").startswith("text/html") and not is_file

    @property
    def blanked(self) -> str:
        """The answer without what is new each time, and without the asked path."""
        text = self.text
        for path in (self.path, quote(self.path, safe=""), quote(self.path), escape(self.path)):
            text = text.replace(path, "·")
        for pattern in _BLANK:
            text = pattern.sub("·", text)
        return text


@dataclass
class Walk:
    visits: list[Visit]
    logged: list[str]
    numbers: set[str]

    def got(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.method == "GET"]

    def posted(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.method == "POST"]


class Walker:
    """Asks in the names of the cast."""

    def __init__(self, made: World, *, csrf: bool = False) -> None:
        self.world = made
        self.is_strict = csrf
        self.written: dict[str, int] | None = None
        self.clients = {name: QuickClient(enforce_csrf_checks=csrf) for name in EVERYBODY}
        for name in PEOPLE:
            _sign_in(self.clients[name], made.people[name])
        self.cookies = {
            name: {key: morsel.value for key, morsel in client.cookies.items()} for name, client in self.clients.items()
        }

    def fresh(self, person: str) -> QuickClient:
        """The person's browser as it was just after signing in."""
        client = QuickClient(enforce_csrf_checks=self.is_strict)
        for name, value in self.cookies[person].items():
            client.cookies[name] = value
        return client

    def ask(
        self,
        door: Door,
        person: str,
        whose: str,
        thing: Mapping[str, Any],
        method: str = "GET",
        body: Any = None,
        *,
        key: str = "",
        keep: bool = False,
    ) -> Visit:
        """One question; what a POST does is taken back, unless it is to be kept."""
        path = door.path(thing)
        client = self.fresh(person) if method == "POST" else self.clients[person]
        began = monotonic()
        if method != "POST" and self.written is None:
            self.written = _written()
        before, queued = self.written or {}, len(connection.run_on_commit)
        with nullcontext() if keep else transaction.atomic():
            if method == "POST":
                response: Any = client.post(path, *_wrapped(door, body, key), headers=_headed(door, key))
            else:
                response = client.generic(method, path)
            content = _content(response)
            is_broken = response.status_code >= 500 or connection.needs_rollback
            after = before if is_broken or method == "POST" else _written()
            self.written = None if is_broken or method == "POST" else after
            queued_after = len(connection.run_on_commit)
            if (method == "POST" or is_broken) and not keep:
                transaction.set_rollback(True)
        return Visit(
            door=door,
            person=person,
            whose=whose,
            method=method,
            path=path,
            status=response.status_code,
            headers=dict(response.headers),
            body=content,
            written={
                table: rows - before.get(table, 0) for table, rows in after.items() if rows != before.get(table, 0)
            },
            queued=queued_after - queued,
            seconds=monotonic() - began,
            cookies=[str(morsel.OutputString()) for morsel in response.cookies.values()],
        )

    def things(self, door: Door) -> Iterator[tuple[str, dict[str, Any]]]:
        """What may stand in the address, and whose it is."""
        own, foreign = door.thing(self.world.own), door.thing(self.world.foreign)
        yield "own", own
        if own == foreign:
            return
        yield "sister", door.thing(self.world.sister)
        yield "foreign", foreign
        yield "missing", {name: never_was(value) for name, value in own.items()}
        last = list(own)[-1]
        if door.query is not None:
            yield "plain", {name: value for name, value in own.items() if not name.startswith("?")}
        elif len(own) > 1 and foreign[last] != own[last] and not door.is_public:
            yield "mixed", {**own, last: foreign[last]}


def _wrapped(door: Door, body: Any, key: str) -> tuple[Any, ...]:
    """The body as a page of ours would send it: with a token field, so never empty, and the key of this form."""
    if door.is_json:
        return body or {}, "application/json"
    fields = {"csrfmiddlewaretoken": "-", **(body or {})}
    return ({**fields, "idempotency_key": key} if key and not door.is_api else fields,)


def _headed(door: Door, key: str) -> dict[str, str]:
    return {"Idempotency-Key": key} if key and door.is_api else {}


def _sign_in(client: Client, person: User) -> None:
    """As if they had just typed their password."""
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time(), "username": person.nip, "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)


def never_was(value: Any) -> Any:
    """Something of the same sort that never existed."""
    if isinstance(value, int):
        return 987_654_321
    if isinstance(value, UUID):
        return UUID("00000000-0000-4000-8000-000000000000")
    return "tidak-pernah-ada"


def _content(response: HttpResponseBase) -> bytes:
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return bytes(response.content)  # type: ignore[attr-defined]


def _written() -> dict[str, int]:
    """Rows that this transaction has inserted, changed or deleted so far, by table, as the database itself counts them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


@contextmanager
def quiet() -> Iterator[list[str]]:
    """Settings for a walk; gives the lines that were logged meanwhile."""
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    keeper = Keeper()
    root = logging.getLogger()
    root.addHandler(keeper)
    try:
        with override_settings(**QUIET):
            yield lines
    finally:
        root.removeHandler(keeper)


def know(stack: ExitStack, made: World) -> None:
    """Who walks does not change meanwhile, so people and their grants are read once and not four thousand times."""
    known = {
        made.people[name].pk: User.objects.select_related("agency").get(pk=made.people[name].pk) for name in PEOPLE
    }
    for person in known.values():
        person.grants_today()
    stack.enter_context(patch.object(SessionBackend, "get_user", lambda self, pk: copy(known[int(pk)])))
    stack.enter_context(patch.object(gatekeeper, "owes_reading", lambda person: False))


def walk_everywhere() -> Walk:
    """The whole walk. Call it where the database may be used; every row that it made is taken back."""
    with ExitStack() as stack:
        lines = stack.enter_context(quiet())
        stack.enter_context(transaction.atomic())
        stack.enter_context(patch.multiple(urls, handler404=plain_404, handler403=plain_403))
        made = world()
        walker = Walker(made)
        know(stack, made)
        visits: list[Visit] = []
        for door in known():
            things = list(walker.things(door))
            for whose, thing in things:
                if door.get is not None or whose == "own":
                    visits += [walker.ask(door, person, whose, thing) for person in door.askers(whose, "GET")]
            if door.get is not None and door.who_comes:
                visits.append(walker.ask(door, door.who_comes, "own", door.thing(made.own), "HEAD"))
            for whose, thing in things if door.post else []:
                side = made[whose] if whose in {"own", "sister", "foreign"} else made.own
                for person in door.askers(whose, "POST"):
                    visits.append(walker.ask(door, person, whose, thing, "POST", door.body(side)))
        numbers = {str(made.people[name].nip) for name in PEOPLE} | {str(made.foreign.learner.nip)}
        transaction.set_rollback(True)
    cache.clear()
    return Walk(visits, lines, numbers)


__all__ = ["NOBODY", "Visit", "Walk", "Walker", "quiet", "settings", "walk_everywhere"]
