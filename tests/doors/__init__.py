"""Every address of the site: what stands behind it, and who gets what. The tests that try every address read this table.

A door without a row here fails `test_access`. A row says: the name of the URL; `at`, what stands in its address; `own`, who may
come in where the thing belongs to Dinas A (or where nothing stands in the address); `post` and `body`, what a proper form sends and what it is answered.

- A word of `own` is a person of the cast, `everybody` or `signed-in`; `head:302` means: is answered by 302.
- For Dinas B's things the same holds with `other_learner` and `other_head`; for another government's nobody comes in.
- Everybody else gets 404 where a thing stands in the address, else 403; who is signed out is sent to sign in (REST: 401).
- A `room` belongs to roles: who bears none of them is answered 403 whatever stands in the address.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.world import EVERYBODY, NOBODY, PEOPLE, Side

OFFICE = "officer admin"
DESK = "officer reviewer admin"
_GROUPS = {"everybody": EVERYBODY, "signed-in": PEOPLE}
_MIRROR = {"learner": "other_learner", "head": "other_head"}


@dataclass(frozen=True)
class Door:
    name: str
    own: str
    at: Callable[[Side], dict[str, Any]] | None = None
    # Who may come in to Dinas B's things, and to another government's, when it is not as said above.
    sister: str | None = None
    foreign: str = ""
    # What GET is answered to who may come in; None: the door takes POST only.
    get: int | None = 200
    # What stands behind the question mark, when the thing is named there.
    query: Callable[[Side], dict[str, Any]] | None = None
    # What POST is answered to who may come in; None: the door takes no POST.
    post: int | None = None
    # Who may POST, when it is not who may GET.
    poster: str | None = None
    body: Callable[[Side], Mapping[str, Any]] = lambda side: {}
    # The one of the cast who sends the body when only one does; the first who may, unless said.
    sender: str = ""
    is_json: bool = False
    # What everybody else is answered, when it is not as said above.
    closed: int | None = None
    # Shown to whoever holds the link, whosoever it is.
    is_public: bool = False
    # The first answer to its POST is not kept: sign-in, sign-out, reset, and what nobody needs to be signed in for.
    is_kept: bool = True
    # Looks at the roles before it looks at the address.
    is_room: bool = False
    # What it does takes away what other doors need.
    spoils: bool = False
    # Shows everybody the same, so some of each sort ask.
    is_alike: bool = False
    # Two forms without a key are two wishes: two comments, two tokens.
    may_double: bool = False

    @property
    def url(self) -> str:
        """The name in the URLconf; `lesson#quiz` is another row about `lesson`."""
        return self.name.partition("#")[0]

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api:")

    def path(self, thing: Mapping[str, Any]) -> str:
        """The address; `thing` is what stands in it, or behind the question mark."""
        if self.name.startswith("/"):
            return self.name
        if self.query is None:
            return reverse(self.url, kwargs=dict(thing))
        asked = {name: thing[name] for name in thing if name.startswith("?")}
        path = reverse(self.url, kwargs={name: value for name, value in thing.items() if name not in asked})
        return f"{path}?{urlencode({name[1:]: value for name, value in asked.items()})}" if asked else path

    def thing(self, side: Side) -> dict[str, Any]:
        asked = {f"?{name}": value for name, value in self.query(side).items()} if self.query else {}
        return {**(self.at(side) if self.at else {}), **asked}

    def answer(self, person: str, side: str, method: str = "GET") -> int:
        """The status that this person is owed."""
        may = self._said(side, method)
        if person in may:
            status = may[person] or (self.post if method == "POST" else self.get)
            return 405 if status is None else status
        if person == NOBODY and not self.is_public:
            return 401 if self.is_api else 302
        if self.closed:
            return self.closed
        names_a_thing = self.at is not None or (self.query is not None and side != "plain")
        return 404 if names_a_thing and (not self.is_room or person in self.insiders) else 403

    def lets_in(self, person: str, side: str, method: str = "GET") -> bool:
        return person in self._said(side, method)

    def _said(self, side: str, method: str) -> dict[str, int | None]:
        said = self.poster if method == "POST" and self.poster is not None else self.own
        if side == "plain":
            return _who(f"{said} {_mirrored(said)}")
        if side == "sister":
            return _who(self.sister if self.sister is not None else _mirrored(said))
        if side == "foreign":
            return _who(self.foreign)
        return _who(said) if side == "own" else {}

    def askers(self, whose: str, method: str) -> tuple[str, ...]:
        """Who asks in a walk: everybody where it is their own; where all are answered alike, some of each sort."""
        if whose == "mixed":
            return self.insiders
        if method == "GET" and self.get is None:
            return (NOBODY, *self.insiders[:1])
        if self.is_alike:
            return (NOBODY, "learner", "officer")
        if whose in {"own", "plain"}:
            return EVERYBODY
        strangers = ("learner",) if whose == "missing" else ("learner", "head", "trainer", NOBODY)
        return tuple(dict.fromkeys((*self.insiders, *strangers[: 2 if method == "POST" or self.is_room else 4])))

    @property
    def who_comes(self) -> str:
        """Somebody who may come in; empty when nobody may."""
        return next((name for name, status in _who(self.own).items() if status is None), "")

    @property
    def insiders(self) -> tuple[str, ...]:
        """Who bears what is needed to come in somewhere."""
        said = f"{self.own} {self.poster or ''} {self.sister or ''}"
        return tuple(name for name in PEOPLE if name in _who(f"{said} {_mirrored(said)}"))

    @property
    def who_sends(self) -> str:
        said = self.poster if self.poster is not None else self.own
        return self.sender or next(iter(_who(said)), "learner")


def _who(said: str) -> dict[str, int | None]:
    found: dict[str, int | None] = {}
    for word in said.split():
        name, _colon, status = word.partition(":")
        for one in _GROUPS.get(name, (name,)):
            found[one] = int(status) if status else None
    return found


def _mirrored(said: str) -> str:
    words = (word.partition(":") for word in said.split())
    return " ".join(_MIRROR.get(name, name) + colon + status for name, colon, status in words)


def room(name: str, own: str, **fields: Any) -> Door:
    """A door that is served to roles only, wherever they are borne."""
    return Door(name, own, is_room=True, **fields)


def doors() -> dict[str, Door]:
    """The table, by name."""
    from tests.doors import accounts, allauth, courses, enrollments, site

    rows = [*site.DOORS, *allauth.DOORS, *accounts.DOORS, *courses.DOORS, *enrollments.DOORS]
    found = {row.name: row for row in rows}
    assert len(found) == len(rows), "A door stands twice in the table."
    return found


def known() -> list[Door]:
    """The rows whose address stands in the URLconf, in its order."""
    order = {name: place for place, name in enumerate(addresses())}
    return sorted((row for row in doors().values() if row.url in order), key=lambda row: order[row.url])


def forms() -> list[Door]:
    """Every door that takes a form."""
    return [row for row in known() if row.post is not None]


def addresses() -> dict[str, str]:
    """Every address of the URLconf: name (its path where it has none) → pattern."""
    found: dict[str, str] = {}
    for name, pattern in _addresses(get_resolver(), "", ""):
        assert found.get(name, pattern) == pattern, f"Two addresses are called {name!r}: {found[name]} and {pattern}."
        found[name] = pattern
    return found


def _addresses(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield (namespace + entry.name if entry.name else f"/{pattern}"), f"/{pattern}"
        else:
            yield from _addresses(entry, pattern, namespace + (f"{entry.namespace}:" if entry.namespace else ""))
