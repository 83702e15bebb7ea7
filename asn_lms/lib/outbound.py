"""The one door through which the server calls another server (promise S6).

An address comes from the installation's settings, never from a person. It must be https and lead to public addresses
only, or its origin (scheme, host and port) must stand in OUTBOUND_INTERNAL: services of the government often live on
plain-HTTP addresses of an internal network, and whoever installs says so by name. While the site itself is served on
this machine only (development, tests), the services may stand on this machine too.

No redirects, no proxies, TLS always verified (OUTBOUND_CA_FILE adds the authority of an internal network), one deadline
over everything after the name is resolved, and a limit on what is read. The address that was checked is the one that is
connected to, so a name that resolves otherwise a moment later leads nowhere.

Nothing that is sent stays behind in what is raised: neither the address below the origin (it may hold a person's number),
nor headers, nor the body, nor a frame that knows them.
"""

import io
import ipaddress
import json
import secrets
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, IncompleteRead
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from django.conf import settings

from asn_lms.lib.secret import Secret

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Trouble = Literal["closed", "away", "slow", "certificate", "large", "garbled"]
SECONDS = 5
LIMIT = 10 * 1024 * 1024
# RFC 6052: an IPv4 address in IPv6 clothes, which Python counts as public.
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Unreachable(Exception):
    """There is no answer. `trouble` says why:

    closed       settings do not allow this address
    away         the name is unknown, nobody listens, or the line broke
    slow         the deadline passed
    certificate  the other side could not prove who it is
    large        the answer is larger than the limit
    garbled      what came is no HTTP
    """

    def __init__(self, origin: str, trouble: Trouble) -> None:
        self.origin, self.trouble = origin, trouble
        super().__init__(f"{origin}: {trouble}")


@dataclass(frozen=True)
class Answer:
    """`headers` by lower-case name; the last of equal names counts."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Raises ValueError when the body is no JSON."""
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str | Secret[str]] | None = None,
    body: bytes | Secret[bytes] | None = None,
    seconds: float = SECONDS,
    limit: int = LIMIT,
) -> Answer:
    """One request, one answer of any status (a redirect too is an answer). Raises Unreachable, and nothing else.

    Never call it inside a transaction: the other side decides how long it takes.
    """
    answer = _try(method, url, headers or {}, body, seconds, limit)
    if isinstance(answer, Answer):
        return answer
    # Raised here and not where it happened: the frames that saw the secrets bare are gone.
    raise Unreachable(_origin(url), answer)


def basic(user: str, password: Secret[str]) -> Secret[str]:
    """The value of an Authorization header (RFC 7617)."""
    return Secret("Basic " + b64encode(f"{user}:{password.reveal()}".encode()).decode())


def as_json(data: Mapping[str, object]) -> Secret[bytes]:
    """A JSON body; secrets in `data`, at any depth, are filled in here."""
    return Secret(json.dumps(data, default=lambda value: value.reveal(), ensure_ascii=False).encode())


def multipart(
    fields: Mapping[str, str | Secret[str]], files: Mapping[str, tuple[str, str, bytes]]
) -> tuple[str, Secret[bytes]]:
    """(content type, body) of a form (RFC 7578); `files` as name → (file name, content type, content)."""
    boundary = secrets.token_hex(16)
    parts = []
    for name, value in fields.items():
        text = value.reveal() if isinstance(value, Secret) else value
        parts.append((f'form-data; name="{_quoted(name)}"', "", text.encode()))
    for name, (file_name, kind, content) in files.items():
        parts.append((f'form-data; name="{_quoted(name)}"; filename="{_quoted(file_name)}"', kind, content))
    written = io.BytesIO()
    for disposition, kind, content in parts:
        typed = f"\r\nContent-Type: {kind}" if kind else ""
        written.write(f"--{boundary}\r\nContent-Disposition: {disposition}{typed}\r\n\r\n".encode())
        written.write(content + b"\r\n")
    written.write(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", Secret(written.getvalue())


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _try(
    method: str,
    url: str,
    headers: Mapping[str, str | Secret[str]],
    body: bytes | Secret[bytes] | None,
    seconds: float,
    limit: int,
) -> Answer | Trouble:
    try:
        return _talk(method, url, headers, body, seconds, limit)
    except ssl.SSLCertVerificationError:
        return "certificate"
    except TimeoutError:
        return "slow"
    except _Closed:
        return "closed"
    except _Large:
        return "large"
    except OSError:
        return "away"
    # Whatever else breaks while secrets lie bare ("Invalid header value …" quotes it) must not carry them out.
    except (HTTPException, ValueError):
        return "garbled"


class _Closed(Exception):
    pass


class _Large(Exception):
    pass


def _talk(
    method: str,
    url: str,
    headers: Mapping[str, str | Secret[str]],
    body: bytes | Secret[bytes] | None,
    seconds: float,
    limit: int,
) -> Answer:
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise _Closed
    port = parts.port or (443 if is_tls else 80)
    addresses = _addresses(_origin(url), is_tls, parts.hostname, port)
    deadline = time.monotonic() + seconds
    raw = _connect(addresses, port, deadline)
    with raw:
        raw.settimeout(_left(deadline))
        connection = HTTPConnection(parts.hostname, port)
        line = _tls().wrap_socket(raw, server_hostname=parts.hostname) if is_tls else raw
        with line:
            connection.sock = _Line(line, deadline)
            connection.request(
                method,
                parts.path + (f"?{parts.query}" if parts.query else ""),
                body=body.reveal() if isinstance(body, Secret) else body,
                headers={
                    "Host": parts.netloc,
                    "User-Agent": "asn-lms",
                    "Connection": "close",
                    **{name: v.reveal() if isinstance(v, Secret) else v for name, v in headers.items()},
                },
            )
            response = connection.getresponse()
            read = io.BytesIO()
            while chunk := response.read(65536):
                if read.tell() + len(chunk) > limit:
                    raise _Large
                read.write(chunk)
            if response.length:  # what was announced and never came; http.client says so only to who reads in one go
                raise IncompleteRead(b"", response.length)
            return Answer(
                response.status, {name.lower(): value for name, value in response.getheaders()}, read.getvalue()
            )


def _origin(url: str) -> str:
    """Scheme, host and port of an address, without what an address may give away: `https://host` or `http://host:8080`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _addresses(origin: str, is_tls: bool, host: str, port: int) -> list[str]:
    """Where the name leads, each of which this installation may call. Raises _Closed, or OSError when it leads nowhere."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if origin in settings.OUTBOUND_INTERNAL:
        return found
    if settings.IS_LOOPBACK and all(ipaddress.ip_address(address).is_loopback for address in found):
        return found
    if is_tls and all(_is_public(address) for address in found):
        return found
    raise _Closed


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and (ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in NAT64):
        return False
    return ip.is_global and not ip.is_multicast


def _connect(addresses: list[str], port: int, deadline: float) -> socket.socket:
    failed: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=_left(deadline))
        except TimeoutError:
            raise
        except OSError as error:
            failed = error
    raise failed


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.OUTBOUND_CA_FILE:
        context.load_verify_locations(settings.OUTBOUND_CA_FILE)
    return context


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Line:
    """A socket on which everything together ends by the deadline; http.client asks no more than this of one."""

    def __init__(self, line: socket.socket, deadline: float) -> None:
        self.line, self.deadline = line, deadline

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self.line.settimeout(_left(self.deadline))
            rest = rest[self.line.send(rest) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self))

    def close(self) -> None:
        """The socket is closed by who opened it."""


class _Incoming(io.RawIOBase):
    def __init__(self, line: _Line) -> None:
        self.line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        self.line.line.settimeout(_left(self.line.deadline))
        return self.line.line.recv_into(buffer)
