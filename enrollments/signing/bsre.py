"""BSrE's client services, first and second version, and its seal (shapes: domain reference §8.2 and §8.3).

Signatures are invisible: the paper's own design shows who signed, and its code leads to the page that verifies it.
What comes back is taken only when it is the paper that was sent, signed over all of it. Answers are never logged or
passed on: one of these services repeats what it was sent.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.debug import sensitive_variables

from asn_lms.lib import outbound
from asn_lms.lib.outbound import Answer, Unreachable
from asn_lms.lib.sealed import SealBroken, seal, unseal
from asn_lms.lib.secret import Secret
from enrollments.signing.models import SealActivation
from enrollments.signing.trouble import (
    AccountInactive,
    KeysLocked,
    NoIdentity,
    NotConfigured,
    PaperRefused,
    SealInactive,
    ServerAway,
    SigningTrouble,
    WrongCode,
    WrongPassphrase,
)

PURPOSE = "signing.seal_activation"
LIMIT = 40 * 1024 * 1024
ACTIVE = {"ISSUE", "ISSUED"}
ACTIVE_CODE = 1111
# Codes of the first version; the second has sentences only.
BY_CODE: dict[int, type[SigningTrouble]] = {2031: WrongPassphrase, 2011: AccountInactive, 2021: AccountInactive}
# In the order in which they are looked for: "TOTP salah" before anything about papers.
BY_WORDS: list[tuple[re.Pattern[str], type[SigningTrouble]]] = [
    (re.compile(r"passphrase"), WrongPassphrase),
    (re.compile(r"\bt?otp\b|one.time"), WrongCode),
    (re.compile(r"(tidak|belum) (terdaftar|aktif)|not (registered|active)|inactive|revoke|dicabut|suspend|kedaluwarsa|expired"), AccountInactive),
    (re.compile(r"koordinat|coordinate|origin|page|halaman|pdf|dokumen|document|encrypt|corrupt|signature"), PaperRefused),
]  # fmt: skip
RENEW_BEFORE = timedelta(days=1)


# --- First version ---


def v1_check_account(nik: str) -> None:
    answer = _call("GET", f"{settings.BSRE_V1_URL}/api/user/status/{_nik(nik)}", seconds=15)
    _expect_active(answer)


@sensitive_variables()
def v1_sign(pdf: bytes, *, nik: str, passphrase: Secret[str]) -> bytes:
    kind, form = outbound.multipart(
        {"nik": _nik(nik), "passphrase": passphrase, "tampilan": "invisible", "image": "false"},
        {"file": ("sertifikat.pdf", "application/pdf", pdf)},
    )
    answer = _call("POST", settings.BSRE_V1_URL + "/api/sign/pdf", form, kind)
    kept_as = answer.headers.get("id_dokumen", "")
    if not answer.body.startswith(b"%PDF") and re.fullmatch(r"[\w-]{1,100}", kept_as):
        answer = _call("GET", f"{settings.BSRE_V1_URL}/api/sign/download/{kept_as}")
    return _signed(pdf, answer.body)


# --- Second version ---


def v2_check_account(nik: str) -> None:
    _expect_active(_post("/api/v2/user/check/status", {"nik": _nik(nik)}, seconds=15))


def v2_send_code(nik: str, papers: int) -> None:
    _post("/api/v2/sign/get/totp", {"nik": _nik(nik), "data": papers}, seconds=30)


@sensitive_variables()
def v2_sign(pdf: bytes, *, nik: str, secret: tuple[str, Secret[str]], reason: str, place: str, url: str) -> bytes:
    """`secret` is ("passphrase" or "totp", its value)."""
    name, value = secret
    answer = _post("/api/v2/sign/pdf", {"nik": _nik(nik), name: value, **_paper(pdf, reason, place, url)})
    return _signed(pdf, _file_in(answer))


# --- Seal ---


def seal_sign(pdf: bytes, *, reason: str, place: str, url: str) -> bytes:
    code = seal_code()
    got = _fields(
        _post("/api/v2/seal/get/totp", {"idSubscriber": settings.BSRE_SEAL_ID, "totp": code, "data": 1}, seconds=30)
    )
    if not got:
        raise ServerAway
    once = Secret(str(got.get("totp") or ""))
    if not once:
        raise SealInactive
    answer = _post(
        "/api/v2/seal/pdf", {"idSubscriber": settings.BSRE_SEAL_ID, "totp": once, **_paper(pdf, reason, place, url)}
    )
    return _signed(pdf, _file_in(answer))


def ask_for_activation() -> None:
    """Have BSrE send the first activation code to whom it knows as the seal's administrator."""
    _post("/api/v2/seal/get/activation", {"idSubscriber": settings.BSRE_SEAL_ID}, seconds=30)


def activate_seal(code: Secret[str]) -> datetime:
    """Exchange an activation code for the next one, and keep that; answers until when it holds."""
    answer = _post("/api/v2/seal/get/activation", {"idSubscriber": settings.BSRE_SEAL_ID, "totp": code}, seconds=30)
    got = _fields(answer)
    if not got:
        raise ServerAway
    following = Secret(str(got.get("totp") or ""))
    until = parse_datetime(str(got.get("expires") or "").replace(" ", "T", 1))
    if not following or until is None:
        raise SealInactive
    if timezone.is_naive(until):
        until = timezone.make_aware(until)
    SealActivation.objects.update_or_create(
        is_only=True, defaults={"sealed_code": seal(following.reveal().encode(), PURPOSE), "expires_at": until}
    )
    return until


def seal_code() -> Secret[str]:
    """The activation code, renewed when it ends within a day. Of two workers who renew at once, one finds it done."""
    kept = SealActivation.objects.first()
    if kept is None or kept.expires_at <= timezone.now():
        raise SealInactive
    code = _code(kept)
    if kept.expires_at - timezone.now() > RENEW_BEFORE:
        return code
    # Somebody else was first, or it is refused: the code that stands now decides.
    with suppress(SealInactive, WrongCode):
        activate_seal(code)
    return _code(SealActivation.objects.get())


def _code(kept: SealActivation) -> Secret[str]:
    try:
        return Secret(unseal(kept.sealed_code, PURPOSE).decode())
    except SealBroken as error:
        raise KeysLocked from error


# --- What they have in common ---


def _post(path: str, data: dict[str, object], *, seconds: float | None = None) -> Answer:
    return _call("POST", settings.BSRE_V2_URL + path, outbound.as_json(data), "application/json", seconds=seconds)


@sensitive_variables()
def _call(
    method: str,
    url: str,
    body: Secret[bytes] | None = None,
    kind: str = "",
    *,
    seconds: float | None = None,
) -> Answer:
    headers: dict[str, str | Secret[str]] = {
        "Authorization": outbound.basic(settings.BSRE_USER, settings.BSRE_PASSWORD),
        "Accept": "application/json, application/pdf",
    }
    if kind:
        headers["Content-Type"] = kind
    try:
        answer = outbound.fetch(
            method,
            url,
            headers=headers,
            body=body,
            seconds=min(seconds or settings.BSRE_SECONDS, settings.BSRE_SECONDS),
            limit=LIMIT,
        )
    except Unreachable as error:
        raise (NotConfigured if error.trouble == "closed" else ServerAway) from error
    trouble = _trouble(answer)
    if trouble is not None:
        raise trouble()
    return answer


def _trouble(answer: Answer) -> type[SigningTrouble] | None:
    """What an answer complains of. Complaints come with 200 too, and a server's own trouble and a bad paper both with 500."""
    if answer.body.startswith(b"%PDF"):
        return None if answer.is_ok else ServerAway
    said = _fields(answer)
    complains = said.get("error") or said.get("success") is False or said.get("result") is False
    if answer.is_ok and not complains:
        return None
    if answer.status in {401, 403}:
        return NotConfigured
    code = said.get("status_code")
    if isinstance(code, int) and code in BY_CODE:
        return BY_CODE[code]
    words = " ".join(str(said.get(key) or "") for key in ("error", "message", "error_description")).lower()
    for pattern, trouble in BY_WORDS:
        if pattern.search(words):
            return trouble
    return PaperRefused if answer.status in {400, 413, 415, 422} else ServerAway


def _fields(answer: Answer) -> dict[str, Any]:
    """The members of a JSON answer, those of its `data` with the rest; none when it is something else."""
    try:
        said = answer.json()
    except ValueError:
        return {}
    if not isinstance(said, dict):
        return {}
    inner = said.get("data")
    return {**said, **inner} if isinstance(inner, dict) else said


def _expect_active(answer: Answer) -> None:
    said = _fields(answer)
    if not said:
        raise ServerAway
    if str(said.get("status")).upper() not in ACTIVE and said.get("status_code") != ACTIVE_CODE:
        raise AccountInactive


def _nik(nik: str) -> str:
    if not re.fullmatch(r"[0-9]{16}", nik):
        raise NoIdentity
    return nik


def _paper(pdf: bytes, reason: str, place: str, url: str) -> dict[str, object]:
    invisible = {"tampilan": "INVISIBLE", "location": place, "reason": reason, "contactInfo": url}
    return {"signatureProperties": [invisible], "file": [b64encode(pdf).decode()]}


def _file_in(answer: Answer) -> bytes:
    files = _fields(answer).get("file")
    try:
        return b64decode(files[0], validate=True) if isinstance(files, list) else b""
    except (NotBase64, TypeError, ValueError, IndexError):
        return b""


def _signed(sent: bytes, came: bytes) -> bytes:
    """What came, when it is what was sent and signed as a whole; else the server is not well."""
    # Loaded with the first answer: it takes a second.
    from enrollments.signing.reading import contents, read

    found = read(came, [])
    if not (found.is_signed and found.is_whole and found.is_intact) or contents(came) != contents(sent):
        raise ServerAway
    return came
