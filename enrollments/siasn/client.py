"""SIASN's interface as BKN's gateway speaks it (domain reference §5.1–5.4): two keys, few endpoints, many spellings.

Nothing here writes a log line, and no exception bears a key, a number or a name: what SIASN says comes back cleaned (`said`).
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings

from asn_lms.lib.outbound import Unreachable, as_json, fetch, multipart
from asn_lms.lib.secret import Secret
from enrollments.siasn.models import STRUCTURAL

# Longer than a page may take, shorter than a claim holds (actions.LEASE).
SECONDS = 15
# A key is asked for anew so long before it ends.
SPARE = 60
_KEY_IS_OLD = re.compile(r"invalid or expired jwt|invalid credentials", re.IGNORECASE)
_NONE = re.compile(r"tidak ditemukan|not found", re.IGNORECASE)
_NUMBERS = re.compile(r"\d[\d\s.\-]{6,}\d")
_KEYS = re.compile(r"[A-Za-z0-9_\-+/=.]{24,}")


class Trouble(Exception):
    """SIASN did not do what was asked. `said` is its own word, without numbers, names and keys."""

    def __init__(self, said: str = "") -> None:
        self.said = said
        super().__init__(said)


class Away(Trouble):
    """No answer, or one that says nothing about the data (5xx, 429): what was asked may or may not have been done."""


class Rejected(Trouble):
    """The data were refused (400, or `success: false`): asking again would not help."""


class Unknown(Trouble):
    """No such person or record (404)."""


class NotLetIn(Trouble):
    """The keys are refused even when they are new, or the network address is not on BKN's list."""


@dataclass(frozen=True)
class Connection:
    """Where SIASN is and with which keys; all from the environment or from files."""

    url: str
    token_url: str
    consumer_key: str
    consumer_secret: Secret[str]
    sso_url: str
    sso_client: str
    sso_user: str
    sso_password: Secret[str]


def connection() -> Connection | None:
    """None when this installation is not connected."""
    known: dict[str, Any] = settings.SIASN
    return Connection(**known) if known["url"] else None


@dataclass(frozen=True)
class _Key:
    value: Secret[str]
    ends_at: float


# One pair of keys for each process, by the address that gave them; never in the database, the cache or the broker.
_keys: dict[str, _Key] = {}


class Siasn:
    """One conversation. Each call may raise Away, Rejected, Unknown or NotLetIn."""

    def __init__(self, known: Connection) -> None:
        self.known = known

    def orang_id(self, nip: str) -> str:
        """pnsOrangId of the person with this number."""
        data = self._ask(f"/pns/data-utama/{quote(nip, safe='')}")
        found = _data(data)
        if not isinstance(found, Mapping) or not found.get("id") or str(found.get("nipBaru", nip)) != nip:
            raise Unknown(said(data))
        return str(found["id"])

    def records(self, type_code: str, nip: str) -> list[Mapping[str, Any]]:
        """The trainings that SIASN holds of a person, structural or other. Unknown: nobody has this number, or it holds none."""
        road = "rw-diklat" if type_code == STRUCTURAL else "rw-kursus"
        answer = self._ask(f"/pns/{road}/{quote(nip, safe='')}")
        found = answer.get("data")
        if isinstance(found, str) and _NONE.search(found):
            return []
        if not isinstance(found, list):
            # Taking something else for "none" would be to say twice what is there already.
            raise Away("no list")
        return [one for one in found if isinstance(one, Mapping)]

    def save(self, type_code: str, fields: Mapping[str, Any]) -> str:
        """Write a training and return its id in SIASN."""
        road, name = ("diklat", "rwDiklatId") if type_code == STRUCTURAL else ("kursus", "rwKursusId")
        answer = self._ask(f"/{road}/save", fields)
        kept = answer.get("mapData")
        record_id = str(kept.get(name) or "") if isinstance(kept, Mapping) else ""
        if not answer.get("success") or not record_id:
            raise Rejected(said(answer))
        return record_id

    def record(self, type_code: str, record_id: str) -> Mapping[str, Any]:
        road = "diklat" if type_code == STRUCTURAL else "kursus"
        found = _data(self._ask(f"/{road}/id/{quote(record_id, safe='')}"))
        if isinstance(found, list) and found:
            found = found[0]
        if not isinstance(found, Mapping):
            raise Unknown
        return found

    def upload(self, record_id: str, document_ref: str, name: str, content: bytes) -> None:
        """Hang a PDF on a record."""
        fields = {"id_riwayat": record_id, "id_ref_dokumen": document_ref}
        kind, body = multipart(fields, {"file": (name, "application/pdf", content)})
        answer = self._send("POST", "/upload-dok-rw", body, kind)
        if answer.get("success") is False or answer.get("code") == 0:
            raise Rejected(said(answer))

    def index(self, nip: str) -> Mapping[str, Any] | None:
        """The person's official IP-ASN; None when SIASN holds none."""
        try:
            found = _data(self._ask(f"/pns/nilaiipasn/{quote(nip, safe='')}"))
        except Unknown:
            return None
        if isinstance(found, list):
            found = max(found, key=lambda one: str(one.get("created_at", "")), default=None)
        return found if isinstance(found, Mapping) and found.get("subtotal") not in (None, "") else None

    def _ask(self, path: str, fields: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        if fields is None:
            return self._send("GET", path, None, "")
        return self._send("POST", path, as_json(fields), "application/json")

    def _send(self, method: str, path: str, body: Secret[bytes] | None, content_type: str) -> Mapping[str, Any]:
        """One call; with new keys a second time, when SIASN says that these are over."""
        ends_at = time.monotonic() + SECONDS
        for turn in (1, 2):
            headers: dict[str, str | Secret[str]] = {
                "Authorization": self._key("gateway", "Bearer", ends_at, anew=turn == 2),
                "Auth": self._key("sso", "bearer", ends_at, anew=turn == 2),
                "Accept": "application/json",
            }
            if content_type:
                headers["Content-Type"] = content_type
            status, answer = _fetched(f"{self.known.url}{path}", method, headers, body, ends_at)
            if status != 401 and not (status >= 400 and _KEY_IS_OLD.search(json.dumps(answer))):
                return _judged(status, answer)
        raise NotLetIn(said(answer))

    def _key(self, which: str, scheme: str, ends_at: float, *, anew: bool) -> Secret[str]:
        url = self.known.token_url if which == "gateway" else self.known.sso_url
        kept = _keys.get(url)
        if kept is None or anew or kept.ends_at < time.monotonic():
            kept = _keys[url] = _new_key(url, self._asking(which), scheme, ends_at)
        return kept.value

    def _asking(self, which: str) -> Secret[bytes]:
        """The form by which a key is asked for. Client credentials go in the body, where no log of addresses has them."""
        known = self.known
        if which == "gateway":
            form = {
                "grant_type": "client_credentials",
                "client_id": known.consumer_key,
                "client_secret": known.consumer_secret.reveal(),
            }
        else:
            form = {
                "grant_type": "password",
                "client_id": known.sso_client,
                "username": known.sso_user,
                "password": known.sso_password.reveal(),
            }
        return Secret(urlencode(form).encode())


def _new_key(url: str, form: Secret[bytes], scheme: str, ends_at: float) -> _Key:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    status, answer = _fetched(url, "POST", headers, form, ends_at)
    if status >= 500 or status == 429:
        raise Away(f"HTTP {status}")
    if status != 200 or not answer.get("access_token"):
        raise NotLetIn(f"HTTP {status}")
    lasts = float(answer.get("expires_in") or 0)
    return _Key(Secret(f"{scheme} {answer['access_token']}"), time.monotonic() + max(lasts - SPARE, 0))


def _fetched(
    url: str, method: str, headers: Mapping[str, str | Secret[str]], body: Secret[bytes] | None, ends_at: float
) -> tuple[int, Mapping[str, Any]]:
    try:
        reply = fetch(method, url, headers=headers, body=body, seconds=max(ends_at - time.monotonic(), 0.1))
    except Unreachable as error:
        if error.trouble in {"closed", "certificate"}:
            raise NotLetIn(error.trouble) from None
        raise Away(error.trouble) from None
    try:
        answer = reply.json() if reply.body.strip() else {}
    except ValueError:
        answer = {"message": reply.body[:500].decode("utf-8", "replace")}
        if reply.is_ok:
            raise Away("no JSON") from None
    return reply.status, answer if isinstance(answer, Mapping) else {"data": answer}


def _judged(status: int, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    if status < 300:
        return answer
    if status == 404:
        raise Unknown(said(answer))
    if status == 403:
        raise NotLetIn(said(answer))
    if status >= 500 or status in {408, 425, 429} or status < 400:
        raise Away(f"HTTP {status}")
    raise Rejected(said(answer) or f"HTTP {status}")


def _data(answer: Mapping[str, Any]) -> Any:
    """What an answer holds; SIASN says "Data tidak ditemukan" in the same place."""
    data = answer.get("data")
    if isinstance(data, str):
        raise Unknown(said(answer))
    return data


def said(answer: Mapping[str, Any]) -> str:
    """SIASN's word for people to read: one line, without numbers of eight digits and more, and without anything like a key."""
    word = next(
        (answer[name] for name in ("message", "description", "error", "data") if isinstance(answer.get(name), str)), ""
    )
    return cleaned(word)


def cleaned(text: str, *names: str) -> str:
    """One line of at most 200 letters, without long numbers, keys, and these names."""
    line = " ".join(text.split())
    for name in names:
        if name:
            line = re.sub(re.escape(name), "…", line, flags=re.IGNORECASE)
    return _NUMBERS.sub("…", _KEYS.sub("…", line))[:200]


def forget_keys() -> None:
    """The next call asks for new keys."""
    _keys.clear()
