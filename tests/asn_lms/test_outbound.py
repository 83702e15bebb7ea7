"""The one door out: where it may lead, how long it may take, and that nothing said there is heard elsewhere."""

import copy
import inspect
import json
import pickle
import re
import socket
import socketserver
import ssl
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.views.debug import ExceptionReporter
from hypothesis import given
from hypothesis import strategies as st

from asn_lms.embedded import ROOT
from asn_lms.lib import outbound
from asn_lms.lib.outbound import Unreachable, fetch
from asn_lms.lib.secret import Secret

CANARY = "kenari-7Q2x"
Answering = Callable[[socket.socket], None]


def take(line: socket.socket) -> bytes:
    """The whole request: head, and the body that its Content-Length announces."""
    read = b""
    while b"\r\n\r\n" not in read:
        if not (more := line.recv(65536)):
            return read
        read += more
    head, _, rest = read.partition(b"\r\n\r\n")
    length = int(message_from_bytes(head.partition(b"\r\n")[2]).get("Content-Length", 0))
    while len(rest) < length and (more := line.recv(65536)):
        rest += more
    return head + b"\r\n\r\n" + rest


def says(answer: bytes, taken: list[bytes] | None = None) -> Answering:
    def answering(line: socket.socket) -> None:
        request = take(line)
        if taken is not None:
            taken.append(request)
        line.sendall(answer)

    return answering


@contextmanager
def served(answering: Answering, *, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                if tls is None:
                    answering(self.request)
                else:
                    with tls.wrap_socket(self.request, server_side=True) as line:
                        answering(line)
            except OSError:
                return  # the caller hung up, as it should

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def ok(body: bytes = b"ya") -> bytes:
    return b"HTTP/1.1 200 OK\r\nX-Note: satu\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def trouble(url: str, **asked: Any) -> str:
    with pytest.raises(Unreachable) as caught:
        fetch("GET", url, **asked)
    return caught.value.trouble


@pytest.fixture
def in_production(settings: Any) -> Any:
    """As on a server that others reach: this machine is an internal address like any other."""
    settings.IS_LOOPBACK = False
    settings.OUTBOUND_INTERNAL = []
    return settings


def test_an_answer_has_its_status_headers_and_body() -> None:
    taken: list[bytes] = []
    with served(says(ok(), taken)) as port:
        answer = fetch("POST", f"http://127.0.0.1:{port}/a/b?c=d", headers={"X-Key": Secret("k")}, body=Secret(b"isi"))
    assert (answer.status, answer.headers["x-note"], answer.body) == (200, "satu", b"ya")
    assert taken[0].startswith(b"POST /a/b?c=d HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}".encode() in taken[0]
    assert b"X-Key: k\r\n" in taken[0]
    assert taken[0].endswith(b"\r\n\r\nisi")


def test_an_internal_address_is_closed_until_the_installation_names_it(in_production: Any) -> None:
    with served(says(ok())) as port:
        url = f"http://127.0.0.1:{port}/"
        assert trouble(url) == "closed"
        in_production.OUTBOUND_INTERNAL = [f"http://127.0.0.1:{port + 1}"]
        assert trouble(url) == "closed"
        in_production.OUTBOUND_INTERNAL = [f"http://127.0.0.1:{port}"]
        assert fetch("GET", url).is_ok


@pytest.mark.parametrize(
    "leads_to",
    ["10.0.0.5", "169.254.169.254", "192.168.1.1", "127.0.0.1", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1", "fe80::1",
     "fd00::1", "::ffff:10.0.0.5", "64:ff9b::a00:5", "2002:a00:5::1"],
)  # fmt: skip
def test_a_public_name_that_leads_inside_is_closed(
    in_production: Any, monkeypatch: pytest.MonkeyPatch, leads_to: str
) -> None:
    family = socket.AF_INET6 if ":" in leads_to else socket.AF_INET
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *a, **k: [public, (family, socket.SOCK_STREAM, 6, "", (leads_to, 443))]
    )
    assert trouble("https://layanan.example/") == "closed"


@pytest.mark.parametrize(
    "url", ["http://8.8.8.8/", "ftp://8.8.8.8/", "file:///etc/passwd", "https://user:word@8.8.8.8/", "https:///", ""]
)
def test_only_https_leads_outside(in_production: Any, url: str) -> None:
    assert trouble(url) == "closed"


def test_a_redirect_is_not_followed() -> None:
    with served(says(b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n")) as port:
        assert fetch("GET", f"http://127.0.0.1:{port}/").status == 302


def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert trouble(f"http://127.0.0.1:{unused.getsockname()[1]}/") == "away"


@pytest.mark.parametrize("drip", [b"", b"HTTP/1.1 200 OK\r\nX", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_who_answers_byte_by_byte_is_cut_off_at_the_deadline(drip: bytes) -> None:
    over = threading.Event()

    def dripping(line: socket.socket) -> None:
        line.sendall(drip)
        while not over.wait(0.05):
            line.sendall(b"a")

    with served(dripping) as port:
        begun = monotonic()
        assert trouble(f"http://127.0.0.1:{port}/", seconds=0.4) == "slow"
        assert monotonic() - begun < 2
        over.set()


def test_an_answer_without_end_is_cut_off_at_the_limit() -> None:
    def pouring(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            line.sendall(b"a" * 65536)

    with served(pouring) as port:
        assert trouble(f"http://127.0.0.1:{port}/", limit=1024 * 1024) == "large"


@pytest.mark.parametrize("answer", [b"SSH-2.0-x\r\n", b"", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1"])  # fmt: skip
def test_what_is_no_http_is_garbled(answer: bytes) -> None:
    with served(says(answer)) as port:
        assert trouble(f"http://127.0.0.1:{port}/") in {"garbled", "away"}


def test_whatever_comes_back_is_an_answer_or_unreachable() -> None:
    noise = [b""]

    @given(st.binary(max_size=400))
    def tried(more: bytes) -> None:
        noise[0] = more
        try:
            fetch("GET", url, seconds=2)
        except Unreachable:
            return

    def answering(line: socket.socket) -> None:
        take(line)
        line.sendall(b"HTTP/1.1 200 OK\r\n" + noise[0])

    with served(answering) as port:
        url = f"http://127.0.0.1:{port}/"
        tried()


def _certificate(folder: Path, name: str) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_who_cannot_prove_their_name_is_not_believed(tmp_path: Path, settings: Any) -> None:
    tls = _certificate(tmp_path, "localhost")
    try:
        with served(says(ok()), tls=tls) as port:
            assert trouble(f"https://localhost:{port}/") == "certificate"
            settings.OUTBOUND_CA_FILE = str(tmp_path / "cert.pem")
            outbound._tls.cache_clear()
            assert fetch("GET", f"https://localhost:{port}/").is_ok
            assert trouble(f"https://127.0.0.1:{port}/") == "certificate"
    finally:
        outbound._tls.cache_clear()


# --- What is secret stays so ---


@pytest.mark.parametrize(
    ("scheme", "value"),
    [("http", CANARY), ("http", CANARY + "\r\nX: y"), ("http", CANARY + "–"), ("ftp", CANARY), ("https", CANARY)],
)
def test_nothing_that_was_sent_stands_in_a_traceback(scheme: str, value: str) -> None:
    with served(says(b"")) as port, pytest.raises(Unreachable) as caught:
        fetch(
            "POST",
            f"{scheme}://127.0.0.1:{port}/",
            headers={"Authorization": Secret(value)},
            body=outbound.as_json({"passphrase": Secret(value)}),
            seconds=0.5,
        )
    error = caught.value
    # The test's own frame knows the word; whoever calls is to keep it in a Secret.
    error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
    text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    text += ExceptionReporter(None, type(error), error, error.__traceback__).get_traceback_html()
    assert "Secret(•••)" in text
    assert CANARY not in text
    assert error.__context__ is None


def test_an_error_names_the_origin_and_nothing_below_it() -> None:
    with served(says(b"")) as port, pytest.raises(Unreachable) as caught:
        fetch("GET", f"http://127.0.0.1:{port}/{CANARY}?{CANARY}")
    assert caught.value.origin == f"http://127.0.0.1:{port}"
    assert CANARY not in str(caught.value) + repr(caught.value)
    with pytest.raises(Unreachable) as caught:
        fetch("GET", f"http://user:{CANARY}@127.0.0.1/")
    assert CANARY not in str(caught.value) + repr(caught.value)


def test_a_secret_shows_dots_and_travels_nowhere() -> None:
    secret = Secret(CANARY)
    for shown in (
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r}",
        repr([secret]),
        repr({"a": secret}),
    ):
        assert CANARY not in shown
    for sending in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            sending(secret)
    assert secret.reveal() == CANARY


def test_a_form_carries_texts_and_files_as_they_are() -> None:
    kind, body = outbound.multipart(
        {"nik": "123", "passphrase": Secret('a"b\r\nc')},
        {"file": ('surat "1".pdf', "application/pdf", b"%PDF\r\n--x\0")},
    )
    read = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body.reveal())
    nik, passphrase, file = list(read.walk())[1:]
    assert b'a"b\r\nc' in body.reveal()
    assert nik.get_payload() == "123"
    assert passphrase.get_content_disposition() == "form-data"
    assert file.get_filename() == "surat %221%22.pdf"
    assert file.get_payload(decode=True) == b"%PDF\r\n--x\0"


def test_who_says_nothing_else_waits_five_seconds_and_reads_ten_megabytes() -> None:
    """Promise S6. Who may take longer says so in the call: BSrE, whose papers take up to two minutes."""
    asked = inspect.signature(fetch).parameters
    assert (asked["seconds"].default, asked["limit"].default) == (5, 10 * 1024 * 1024)


def test_there_is_no_other_door() -> None:
    """What opens lines by itself speaks to this machine only: who supervises, and who keeps the services."""
    lines = re.compile(
        r"^\s*(?:import|from) (?:urllib\.request|urllib3|http\.client|requests|httpx|aiohttp|socket|ftplib)\b", re.M
    )
    found = {
        str(file.relative_to(ROOT))
        for app in ("accounts", "courses", "enrollments", "asn_lms")
        for file in (ROOT / app).rglob("*.py")
        if lines.search(file.read_text())
    }
    assert found == {"asn_lms/lib/outbound.py", "asn_lms/serve.py", "asn_lms/keeper/servers.py"}
