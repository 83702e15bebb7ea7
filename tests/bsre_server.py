"""BSrE's client services for tests, on this machine: first and second version and the seal (shapes: domain reference §8.2, §8.3).

It really signs, with an authority of its own that our installation does not know, and it has every fault that the real ones
are told to have.
"""

import json
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from enrollments.signing import certs, pades
from enrollments.signing.certs import Pen

NIK = "1271000000000001"
PASSPHRASE = "rahasia-bsre-7"
CODE = "482913"
SEAL_ID = "segel-medan"
ACTIVATION = "aktivasi-1"
USER, PASSWORD = "asnlms", "kata-sandi-layanan"

Fault = Literal[
    "", "500 empty", "500 paper", "500 place", "502 page", "slow", "garbage", "no json", "unsigned", "other paper", "hang up"
]  # fmt: skip
SAYS_500 = {
    "500 empty": b"",
    "500 paper": b'{"status":500,"error":"Terjadi kesalahan: dokumen PDF tidak dapat diproses"}',
    "500 place": b'{"status":500,"error":"Koordinat tanda tangan di luar halaman"}',
}


@dataclass
class BsreServer:
    """What it was asked, and how it is to answer. `by_id`: the first version keeps the signed paper to be fetched."""

    port: int = 0
    fault: Fault = ""
    by_id: bool = False
    status: str = "ISSUE"
    other: bytes = b""
    activation: str = ACTIVATION
    activation_days: int = 30
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def pen(self) -> Pen:
        now = datetime.now(UTC)
        root = certs.new_root("Akar BSrE percobaan", "BSSN percobaan", now=now)
        stamper = certs.issue(root, "Stempel waktu percobaan", "BSSN percobaan", now=now, stamps_time=True)
        signer = certs.issue(root, "Kepala BKPSDM", "Pemerintah Kota Medan", now=now)
        return Pen(signer, stamper, root, certs.revocation_list(root, at=now))

    def paths(self) -> list[str]:
        return [path for path, _body in self.asked]

    def signed(self, pdf: bytes) -> bytes:
        if self.fault == "unsigned":
            return pdf
        return pades.sign(self.pen, self.other if self.fault == "other paper" else pdf, reason="", place="", url="")


class _Refused(Exception):
    def __init__(self, status: int, said: dict[str, Any]) -> None:
        self.status, self.said = status, said


@contextmanager
def bsre_server() -> Iterator[BsreServer]:
    state = BsreServer()

    class Handler(_Handler):
        server_state = state

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield state
    finally:
        state.over.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server_state: BsreServer

    def log_message(self, *args: Any) -> None:
        """Nothing on the screen."""

    def do_GET(self) -> None:
        self._handled()

    def do_POST(self) -> None:
        self._handled()

    def _handled(self) -> None:
        state = self.server_state
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        state.asked.append((self.path, body))
        expected = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        try:
            if self.headers["Authorization"] != f"Basic {expected}":
                raise _Refused(401, {"error": "Unauthorized"})
            if state.fault == "hang up":
                self.close_connection = True
                return
            if state.fault == "slow":
                state.over.wait(30)
            if state.fault in SAYS_500:
                self._say(500, SAYS_500[state.fault], "application/json")
            elif state.fault == "502 page":
                self._say(502, b"<html>Bad Gateway</html>", "text/html")
            elif state.fault == "garbage":
                self._say(200, b"\x00\xff" * 500, "application/pdf")
            elif state.fault == "no json":
                self._say(200, b"<html>", "application/json")
            elif "/v2/" in self.path:
                self._json(200, self._second(self.path, json.loads(body)))
            else:
                self._first(body)
        except _Refused as refused:
            self._json(refused.status, refused.said)
        except (BrokenPipeError, ConnectionResetError):
            return

    def _first(self, body: bytes) -> None:
        state = self.server_state
        if self.path.startswith("/api/user/status/"):
            is_known = self.path.endswith("/" + NIK)
            self._json(200, {"status_code": 1111, "status": state.status} if is_known and state.status == "ISSUE" else {
                "status_code": 1110, "status": state.status if is_known else "NOT_REGISTERED", "message": "User belum terdaftar"})  # fmt: skip
        elif self.path == "/api/sign/pdf":
            form = self._form(body)
            if form["passphrase"] != PASSPHRASE.encode():
                raise _Refused(400, {"status_code": 2031, "error": "Passphrase anda salah !!!"})
            signed = state.signed(form["file"])
            if state.by_id:
                state.kept["dok-1"] = signed
                self._say(200, b'{"message":"Proses berhasil"}', "application/json", {"id_dokumen": "dok-1"})
            else:
                self._say(200, signed, "application/pdf")
        elif self.path.startswith("/api/sign/download/"):
            self._say(200, state.kept[self.path.rpartition("/")[2]], "application/pdf")
        else:
            raise _Refused(404, {"error": "Not Found"})

    def _second(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        state = self.server_state
        if path == "/api/v2/user/check/status":
            return {"status": state.status if asked["nik"] == NIK else "NOT_REGISTERED", "message": ""}
        if path == "/api/v2/sign/get/totp":
            return {"message": "OTP dikirim", "result": True}
        if path == "/api/v2/sign/pdf":
            if "totp" in asked and asked["totp"] != CODE:
                raise _Refused(400, {"status": 400, "error": "TOTP salah atau kedaluwarsa"})
            if "totp" not in asked and asked["passphrase"] != PASSPHRASE:
                raise _Refused(400, {"status": 400, "error": "Passphrase anda salah"})
            return self._files(asked)
        if asked["idSubscriber"] != SEAL_ID:
            raise _Refused(400, {"success": False, "message": "Subscriber tidak terdaftar"})
        if path == "/api/v2/seal/get/activation":
            return self._activation(asked)
        if path == "/api/v2/seal/get/totp":
            if asked["totp"] != state.activation:
                raise _Refused(400, {"result": False, "message": "TOTP aktivasi tidak valid"})
            return {"result": True, "totp": CODE, "expires": _expires(0)}
        if path == "/api/v2/seal/pdf":
            if asked["totp"] != CODE:
                raise _Refused(400, {"status": 400, "error": "TOTP kedaluwarsa"})
            return self._files(asked)
        raise _Refused(404, {"error": "Not Found"})

    def _activation(self, asked: dict[str, Any]) -> dict[str, Any]:
        state = self.server_state
        if "totp" not in asked:
            return {"success": True, "message": "Kode aktivasi dikirim"}
        if asked["totp"] != state.activation:
            raise _Refused(400, {"success": False, "message": "TOTP aktivasi tidak valid"})
        state.activation += "+"
        return {
            "success": True,
            "data": {"result": True, "totp": state.activation, "expires": _expires(state.activation_days)},
        }

    def _files(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"time": 12, "file": [b64encode(self.server_state.signed(b64decode(one))).decode() for one in asked["file"]]}  # fmt: skip

    def _form(self, body: bytes) -> dict[str, bytes]:
        read = message_from_bytes(b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body)
        return {
            str(part.get_param("name", header="content-disposition")): bytes(part.get_payload(decode=True) or b"")
            for part in list(read.walk())[1:]
        }

    def _json(self, status: int, said: dict[str, Any]) -> None:
        self._say(status, json.dumps(said).encode(), "application/json")

    def _say(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _expires(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days, hours=1)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
