"""Requests to a site whose parts are killed: what came back, if anything did, and the same again until somebody answers."""

import http.client
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

TOKEN = "t" * 32  # the CSRF cookie and its echo
COOKIE = "sessionid"
SECONDS = 30
PAUSE = 0.3  # seconds before the next try


@dataclass(frozen=True)
class Answer:
    """`status` is 0 when nobody answered; `leads_to` is where a redirect leads."""

    status: int
    content: bytes = b""
    leads_to: str = ""

    @property
    def is_signed_out(self) -> bool:
        return self.status == 401 or "/accounts/login" in self.leads_to


@dataclass
class Asker:
    """Everybody's requests to one site. `over` ends the trying, and so does `longest`, in seconds."""

    site: str
    longest: float = math.inf
    over: Event = field(default_factory=Event)
    requests: int = 0
    tries_again: int = 0
    lock: Lock = field(default_factory=Lock)

    def until_answered(
        self,
        session: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        key: str = "",
        *,
        by_rest: bool = False,
    ) -> Answer:
        """The same request until somebody answers, whatever is dead meanwhile; a refusal is an answer. Otherwise the last thing that came."""
        began, answer = time.monotonic(), Answer(0)
        while not self.over.is_set() and time.monotonic() - began < self.longest:
            with self.lock:
                self.requests += 1
            answer = self._asked(session, method, path, body, key, by_rest=by_rest)
            if 200 <= answer.status < 500:
                break
            with self.lock:
                self.tries_again += 1
            time.sleep(PAUSE)
        return answer

    def _asked(
        self, session: str, method: str, path: str, body: Mapping[str, Any] | None, key: str, *, by_rest: bool
    ) -> Answer:
        """Once, over a line of its own, as that session, with an idempotency key where one is given."""
        headers = {"Cookie": f"{COOKIE}={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
        headers |= {"Idempotency-Key": key} if key else {}
        sent = None
        if body is not None:
            sent = json.dumps(body) if by_rest else urlencode(body)
            headers["Content-Type"] = "application/json" if by_rest else "application/x-www-form-urlencoded"
        line = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=SECONDS)
        try:
            line.request(method, path, sent, headers)
            answer = line.getresponse()
            return Answer(answer.status, answer.read(), answer.headers.get("Location", ""))
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            line.close()
