"""A certificate in SIASN's own fields, and back: names, order and spellings as BKN's interface has them (domain reference §5.3–5.5).

Pure, so that what is posted and what stands in the file cannot differ.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

# The order in which SIASN lists its fields, kept in the file too.
COURSE_FIELDS = (
    "id",
    "instansiId",
    "pnsOrangId",
    "jenisDiklatId",
    "jenisKursus",
    "jenisKursusSertipikat",
    "namaKursus",
    "institusiPenyelenggara",
    "lokasiId",
    "nomorSertipikat",
    "jumlahJam",
    "tahunKursus",
    "tanggalKursus",
    "tanggalSelesaiKursus",
    "path",
)
STRUCTURAL_FIELDS = (
    "bobot",
    "id",
    "institusiPenyelenggara",
    "jenisKompetensi",
    "jumlahJam",
    "latihanStrukturalId",
    "nomor",
    "pnsOrangId",
    "tahun",
    "tanggal",
    "tanggalSelesai",
    "path",
)
# What is written under one name is read back under another, by endpoint and year of the interface.
_NUMBER_NAMES = ("noSertipikat", "noSertifikat", "nomorSertipikat", "nomorSertifikat", "nomor")
_HOURS_NAMES = ("jumlahJam", "jumlah_jam")
_SEPARATORS = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True)
class Told:
    """All that SIASN asks of one certificate. `jp` is what we recorded; SIASN takes whole hours."""

    instansi_id: str
    orang_id: str
    type_code: str
    certificate_kind: str
    structural_id: str
    weight: int
    competency: str
    title: str
    organiser: str
    number: str
    jp: Decimal
    starts_on: date
    ends_on: date
    issued_on: date

    @property
    def hours(self) -> int:
        return whole_hours(self.jp)


def course_fields(told: Told) -> dict[str, Any]:
    """The body of POST /kursus/save, for all training that is not structural."""
    return {
        "id": None,
        "instansiId": told.instansi_id,
        "pnsOrangId": told.orang_id,
        "jenisDiklatId": told.type_code,
        "jenisKursus": told.certificate_kind if len(told.certificate_kind) == 1 else "",
        "jenisKursusSertipikat": told.certificate_kind,
        "namaKursus": told.title,
        "institusiPenyelenggara": told.organiser,
        "lokasiId": "",
        "nomorSertipikat": told.number,
        "jumlahJam": told.hours,
        "tahunKursus": told.ends_on.year,
        "tanggalKursus": written_day(told.starts_on),
        "tanggalSelesaiKursus": written_day(told.ends_on),
        "path": [],
    }


def structural_fields(told: Told) -> dict[str, Any]:
    """The body of POST /diklat/save: Latsar, PKP, PKA, PKN."""
    return {
        "bobot": told.weight,
        "id": None,
        "institusiPenyelenggara": told.organiser,
        "jenisKompetensi": told.competency,
        "jumlahJam": told.hours,
        "latihanStrukturalId": told.structural_id,
        "nomor": told.number,
        "pnsOrangId": told.orang_id,
        "tahun": told.ends_on.year,
        "tanggal": written_day(told.starts_on),
        "tanggalSelesai": written_day(told.ends_on),
        "path": [],
    }


def whole_hours(jp: Decimal) -> int:
    """JP as SIASN takes them: whole, rounded down, so that nobody is credited with what was not learned."""
    return int(jp.quantize(Decimal(1), rounding=ROUND_DOWN))


def written_day(day: date) -> str:
    """DD-MM-YYYY."""
    return f"{day:%d-%m-%Y}"


def bare_number(text: object) -> str:
    """A certificate's number as it is compared: capitals, spaces and marks do not matter, but parts stay apart.

    "B.0012/BKPSDM/800.2/XI/2026" and "b 0012 / bkpsdm / 800-2 / xi / 2026" are one number; "B.1/12" and "B.11/2" are two.
    """
    plain = unicodedata.normalize("NFKC", str(text or "")).casefold()
    return _SEPARATORS.sub("/", plain).strip("/")


def number_in(record: Mapping[str, Any]) -> str:
    """The certificate number of a record of SIASN, whatever it is called there; empty when there is none."""
    return next((str(record[name]) for name in _NUMBER_NAMES if record.get(name)), "")


def hours_in(record: Mapping[str, Any]) -> int | None:
    """The hours of a record of SIASN; None when it names none that can be read."""
    found = next((record[name] for name in _HOURS_NAMES if record.get(name) not in (None, "")), None)
    try:
        return int(Decimal(str(found)))
    except (ArithmeticError, ValueError):
        return None


def has_document(record: Mapping[str, Any], document_ref: str) -> bool:
    """Whether a paper of this sort hangs on the record: `path` is a list of papers, or a table of them by their sort."""
    path = record.get("path")
    if isinstance(path, Mapping):
        return bool(path.get(document_ref))
    if isinstance(path, list):
        return any(str(one.get("dok_id", "")) == document_ref for one in path if isinstance(one, Mapping))
    return False
