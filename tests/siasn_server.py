"""SIASN for tests, on this machine: two keys that run out, few endpoints, BKN's spellings, its faults, and a memory of what was saved.

It speaks domain reference §5.1–5.5: what is written as `nomorSertipikat` is read back as `noSertipikat`; "none" is a sentence where a list
stands otherwise; the same endpoint answers 404 for an unknown person.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote
from uuid import uuid4

INSTANSI = "A5EB03E23CCCF6A0E040640A040252AD"
NOTHING = "Data tidak ditemukan"
# How a record is called when it is written, and when it is read back.
READ_BACK = {
    "nomorSertipikat": "noSertipikat",
    "jenisKursusSertipikat": "jenisKursusSertifikat",
    "jenisKursus": "jenisKursusId",
    "pnsOrangId": "idPns",
    "nomor": "nomor",
}


@dataclass
class SiasnServer:
    """What it knows and how it behaves. `fault(method, path)` names what goes wrong with a call:

    "401", "old" (401 "invalid or expired jwt"), "credentials" (500 "Invalid Credentials"), "400", "403", "404", "502", "slow", "lost" (does it, then hangs
    up without an answer), "dead" (hangs up without doing it), "html" (200 with a page); empty: all goes well.
    """

    port: int = 0
    people: dict[str, str] = field(default_factory=dict)  # NIP → pnsOrangId
    records: dict[str, dict[str, Any]] = field(default_factory=dict)  # id → as it was written, with `_road`
    papers: dict[str, dict[str, bytes]] = field(default_factory=dict)  # id → id_ref_dokumen → file
    indexes: dict[str, dict[str, Any]] = field(default_factory=dict)  # NIP → nilaiipasn
    fault: Callable[[str, str], str] = lambda method, path: ""
    # Held up after a record is saved and before it is answered, so that somebody can be killed in between.
    after_save: Callable[[], None] = lambda: None
    keys: dict[str, set[str]] = field(default_factory=dict)  # which → those that are good
    calls: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    refuses: str = "Jumlah jam tidak sesuai"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What an installation would have in its environment to be connected to this server."""
        return {
            "SIASN_URL": f"{self.url}/apisiasn/1.0",
            "SIASN_TOKEN_URL": f"{self.url}/oauth2/token",
            "SIASN_SSO_URL": f"{self.url}/sso/token",
            "SIASN_CONSUMER_KEY": "kunci-uji",
            "SIASN_CONSUMER_SECRET": "rahasia-gateway-uji",
            "SIASN_SSO_CLIENT": "klien-uji",
            "SIASN_SSO_USER": "pengguna-uji",
            "SIASN_SSO_PASSWORD": "rahasia-sso-uji",
        }

    @property
    def secrets(self) -> set[str]:
        """What must never stand in a log or a table."""
        return {"rahasia-gateway-uji", "rahasia-sso-uji"}.union(*self.keys.values())

    def knows(self, nip: str) -> str:
        """Somebody whom SIASN knows; answers their pnsOrangId."""
        return self.people.setdefault(nip, uuid4().hex.upper())

    def written(self) -> Counter[str]:
        """How often each certificate number was recorded."""
        with self.lock:
            return Counter(str(one.get("nomorSertipikat") or one.get("nomor")) for one in self.records.values())

    def asked(self, word: str) -> int:
        with self.lock:
            return sum(word in path for _method, path in self.calls)


@contextmanager
def siasn(state: SiasnServer | None = None) -> Iterator[SiasnServer]:
    """The server answers inside the block, on a port of its own or on the one that `state` had before."""
    kept = state or SiasnServer()

    class Conversation(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._take("GET")

        def do_POST(self) -> None:
            self._take("POST")

        def log_message(self, format: str, *args: Any) -> None:
            """It keeps `calls`."""

        def _take(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = unquote(self.path).removeprefix("/apisiasn/1.0")
            with kept.lock:
                kept.calls.append((method, path))
            fault = kept.fault(method, path)
            try:
                self._answer(method, path, body, fault)
            except (BrokenPipeError, ConnectionResetError):
                return  # the other side was killed, or waited no longer

        def _answer(self, method: str, path: str, body: bytes, fault: str) -> None:
            if fault == "dead":
                return
            if fault == "slow":
                time.sleep(60)
            refused: dict[str, tuple[int, dict[str, Any]]] = {
                "400": (400, {"success": False, "message": f"{kept.refuses} 199001012015031002 {uuid4().hex}"}),
                "401": (401, {"message": "Unauthorized"}),
                "old": (401, {"message": "invalid or expired jwt"}),
                "credentials": (500, {"message": "Invalid Credentials"}),
                "403": (403, {"message": "IP tidak terdaftar"}),
                "404": (404, {"code": 0, "message": NOTHING, "data": NOTHING}),
                "502": (502, {}),
            }
            if fault in refused:
                self._say(*refused[fault])
                return
            if path.startswith(("/oauth2/token", "/sso/token")):
                self._say(*self._key(path, body))
                return
            if not self._is_let_in():
                self._say(401, {"message": "invalid or expired jwt"})
                return
            status, answer = self._do(method, path, body)
            if fault == "lost":
                return
            if fault == "html":
                self._send(200, b"<html>Layanan sibuk</html>", "text/html")
                return
            self._say(status, answer)

        def _key(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            which = "gateway" if path.startswith("/oauth2") else "sso"
            expected = {
                "gateway": {"client_id": "kunci-uji", "client_secret": "rahasia-gateway-uji"},
                "sso": {"client_id": "klien-uji", "username": "pengguna-uji", "password": "rahasia-sso-uji"},
            }[which]
            if any(form.get(name) != value for name, value in expected.items()):
                return 400, {"error": "invalid_client"}
            with kept.lock:
                key = f"{which}-{uuid4().hex}"
                kept.keys.setdefault(which, set()).add(key)
            return 200, {"access_token": key, "token_type": "Bearer", "expires_in": 3600}

        def _is_let_in(self) -> bool:
            for which, header in (("gateway", "Authorization"), ("sso", "Auth")):
                if self.headers.get(header, "").partition(" ")[2] not in kept.keys.get(which, set()):
                    return False
            return True

        def _do(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
            road, _, rest = path.strip("/").partition("/")
            if road == "pns":
                return self._person(*rest.split("/"))
            if road == "upload-dok-rw":
                return self._paper(body)
            if rest == "save":
                return self._save(road, json.loads(body))
            record = kept.records.get(rest.removeprefix("id/"))
            if record is None or record["_road"] != road:
                return 404, {"code": 0, "message": NOTHING, "data": NOTHING}
            return 200, {"code": 1, "data": self._read(record)}

        def _person(self, what: str, nip: str) -> tuple[int, dict[str, Any]]:
            if nip not in kept.people:
                return 404, {"code": 0, "message": "NIP tidak ditemukan", "data": NOTHING}
            if what == "data-utama":
                return 200, {"code": 1, "data": {"id": kept.people[nip], "nipBaru": nip, "nama": "NAMA DI SIASN"}}
            if what == "nilaiipasn":
                return (
                    (200, {"code": 1, "data": kept.indexes[nip]}) if nip in kept.indexes else (404, {"data": NOTHING})
                )
            with kept.lock:
                road = what.removeprefix("rw-")
                found = [
                    one
                    for one in kept.records.values()
                    if one["_road"] == road and one["pnsOrangId"] == kept.people[nip]
                ]
                return 200, {"code": 1, "count": len(found), "data": [self._read(one) for one in found] or NOTHING}

        def _save(self, road: str, fields: dict[str, Any]) -> tuple[int, dict[str, Any]]:
            hours, year = fields.get("jumlahJam"), fields.get("tahunKursus", fields.get("tahun"))
            if type(hours) is not int or type(year) is not int or fields.get("pnsOrangId") not in kept.people.values():
                return 400, {"success": False, "message": "Data tidak valid"}
            if road == "kursus" and fields["jenisDiklatId"] == "1":
                return 400, {"success": False, "message": "Diklat struktural lewat /diklat/save"}
            record_id = str(uuid4())
            with kept.lock:
                kept.records[record_id] = {**fields, "id": record_id, "_road": road}
            kept.after_save()
            name = "rwDiklatId" if road == "diklat" else "rwKursusId"
            return 200, {"success": True, "message": "Berhasil", "mapData": {name: record_id}}

        def _paper(self, body: bytes) -> tuple[int, dict[str, Any]]:
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            form = BytesParser(policy=policy.HTTP).parsebytes(head + body)
            parts: dict[str, Any] = {
                str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
                for part in form.iter_parts()
            }
            record_id, ref = parts["id_riwayat"].decode(), parts["id_ref_dokumen"].decode()
            if record_id not in kept.records:
                return 400, {"code": 0, "message": "Riwayat tidak ada"}
            with kept.lock:
                kept.papers.setdefault(record_id, {})[ref] = parts["file"]
            return 200, {"code": 1, "message": "Berhasil"}

        def _read(self, record: dict[str, Any]) -> dict[str, Any]:
            told = {READ_BACK.get(name, name): value for name, value in record.items() if not name.startswith("_")}
            papers = kept.papers.get(record["id"], {})
            told["path"] = {ref: {"dok_id": ref, "dok_uri": f"peremajaan/{ref}.pdf"} for ref in papers}
            return told

        def _say(self, status: int, answer: dict[str, Any]) -> None:
            self._send(status, json.dumps(answer).encode(), "application/json")

        def _send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", kept.port), Conversation)
    server.daemon_threads = True
    with server:
        kept.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield kept
        server.shutdown()
