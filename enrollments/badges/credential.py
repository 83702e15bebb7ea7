"""What a certificate says, as an Open Badges 3.0 credential (W3C Verifiable Credentials 2.0), unsigned.

Everything printed but place and date of birth, numbers masked as on the public page. What the standard has no word for stands
under `asn:`, explained at /badges/terms/. The language is the paper's own: Indonesian.
Source: 1EdTech Open Badges 3.0, §B (data model); W3C Verifiable Credentials 2.0, §4; Bitstring Status List 1.0, §3.1.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from asn_lms.lib.words import counted
from enrollments.badges.contexts import CREDENTIALS, OPEN_BADGES
from enrollments.certificates.queries import PublicCertificate

LANGUAGE = "id"
# What an example is called, first of all, wherever its name is shown.
EXAMPLE = "CONTOH · TIDAK SAH · DEMO"
EXAMPLE_SAYS = "Contoh dengan nama dan angka rekaan. Tidak menerangkan apa pun dan tidak berlaku."
CRITERIA = "Menyelesaikan seluruh kegiatan belajar {training} selama {jp} jam pelajaran (1 JP = 45 menit) dan dinyatakan lulus."


@dataclass(frozen=True)
class Place:
    """Where a credential belongs: addresses, issuer, and its bit in a status list."""

    url: str  # the public page of the certificate
    kind: str  # what the paper is called, e.g. "Sertifikat"
    own: str  # where the credential itself is to be had; not that page, since one address is one thing
    site: str
    terms: str  # what the words under `asn:` mean
    course: str  # the course's address
    course_code: str
    issuer: str  # decentralised identifier
    status_list: str
    status_index: int
    zone: str  # in which the day of issue begins


def credential(certificate: PublicCertificate, place: Place) -> dict[str, Any]:
    """The same certificate at the same place is always the same credential."""
    title = plain(certificate.training)
    name = f"{plain(place.kind)} {title}"
    says = f"{plain(certificate.name)} lulus pelatihan {title}, {counted(certificate.jp)} jam pelajaran."
    said: dict[str, Any] = _without_empty(
        {
            "@context": [CREDENTIALS, OPEN_BADGES, {"asn": {"@id": f"{place.terms}#", "@prefix": True}}],
            "id": place.own,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": f"{EXAMPLE}: {name}" if certificate.is_demo else name,
            "description": f"{EXAMPLE_SAYS} {says}" if certificate.is_demo else says,
            "asn:isExample": certificate.is_demo or None,
            "issuer": _issuer(certificate, place),
            "validFrom": _midnight(certificate.issued_on, place),
            "asn:issuedOn": certificate.issued_on.isoformat(),
            "asn:issuePlace": plain(certificate.issue_place),
            "asn:signatory": _signatory(certificate),
            "credentialSubject": _subject(certificate, place),
            "evidence": [
                {
                    "id": place.url,
                    "type": ["Evidence"],
                    "name": "Halaman pemeriksaan sertifikat",
                    "description": "Keadaan terkini sertifikat ini pada penerbitnya.",
                }
            ],
            "credentialStatus": {
                "id": f"{place.status_list}#{place.status_index}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": str(place.status_index),
                "statusListCredential": place.status_list,
            },
        }
    )
    return said


def _issuer(certificate: PublicCertificate, place: Place) -> dict[str, Any]:
    above = plain(certificate.issuer)
    parent = {"id": f"{place.issuer}#parent", "type": ["Profile"], "name": above} if above else None
    organiser = plain(certificate.organiser)
    return {"id": place.issuer, "type": ["Profile"], "name": organiser, "url": place.site, "parentOrg": parent}


def _signatory(certificate: PublicCertificate) -> dict[str, Any]:
    return {
        "name": plain(certificate.signatory_name),
        "asn:post": plain(certificate.signatory_post),
        "asn:rank": plain(certificate.signatory_rank),
        "asn:maskedNip": plain(certificate.signatory_nip),
    }


def _subject(certificate: PublicCertificate, place: Place) -> dict[str, Any]:
    descriptions, results = _results(certificate, place)
    jp = counted(certificate.jp)
    title = plain(certificate.training)
    return {
        "type": ["AchievementSubject"],
        "identifier": [
            _identity("name", certificate.name),
            *([_identity("ext:masked-nip", certificate.nip)] if certificate.nip else []),
        ],
        "role": plain(certificate.post),
        "asn:rank": plain(certificate.rank),
        "asn:agency": plain(certificate.agency),
        "licenseNumber": plain(certificate.number),
        "activityStartDate": _midnight(certificate.starts_on, place),
        "activityEndDate": _midnight(certificate.ends_on, place),
        "term": plain(certificate.cohort),
        "asn:place": plain(certificate.place),
        "asn:method": plain(certificate.method),
        "creditsEarned": _credits(certificate.jp),
        "achievement": {
            "id": place.course,
            "type": ["Achievement"],
            "achievementType": "Course",
            "name": title,
            "description": f"Pelatihan {title}, {jp} jam pelajaran, oleh {plain(certificate.organiser)}.",
            "criteria": {"narrative": CRITERIA.format(training=title, jp=jp)},
            "creditsAvailable": _credits(certificate.jp),
            "fieldOfStudy": plain(certificate.competency),
            "humanCode": plain(place.course_code),
            "inLanguage": LANGUAGE,
            "resultDescription": descriptions,
        },
        "result": results,
    }


def _results(certificate: PublicCertificate, place: Place) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """JP as a whole and of each subject, the score and the word for it: what each means, and its value here."""
    found = [("jp", "Jam pelajaran (JP, 45 menit)", "ext:LessonHours", _exact(certificate.jp))]
    if certificate.score is not None:
        found.append(("score", "Nilai akhir (0–100)", "RawScore", f"{certificate.score:.2f}"))
    if certificate.predicate:
        found.append(("predicate", "Kualifikasi", "Result", plain(certificate.predicate)))
    found += [
        (f"subject-{position}", plain(subject["title"]), "ext:LessonHours", _exact(Decimal(subject["jp"])))
        for position, subject in enumerate(certificate.subjects, 1)
    ]
    found += [
        (f"score-{position}", f"Nilai: {plain(subject['title'])}", "RawScore", f"{Decimal(subject['score']):.2f}")
        for position, subject in enumerate(certificate.subjects, 1)
        if subject.get("score")
    ]
    bounds = {"RawScore": {"valueMin": "0", "valueMax": "100"}}
    descriptions = [
        {
            "id": f"{place.url}#{key}",
            "type": ["ResultDescription"],
            "name": name,
            "resultType": kind,
            **bounds.get(kind, {}),
        }
        for key, name, kind, _value in found
    ]
    results = [
        {"type": ["Result"], "resultDescription": f"{place.url}#{key}", "value": value}
        for key, _name, _kind, value in found
    ]
    return descriptions, results


def _identity(kind: str, value: str) -> dict[str, Any]:
    # The standard's name for the field, which holds the plain value where `hashed` is false.
    return {"type": "IdentityObject", "hashed": False, "identityHash": plain(value), "identityType": kind}


def _midnight(day: date | None, place: Place) -> str | None:
    """A calendar day as the instant at which it begins there: the standard has no bare days. Its first ten letters are the day."""
    return datetime.combine(day, time(), ZoneInfo(place.zone)).isoformat() if day else None


def _credits(jp: Decimal) -> int | float:
    """JP as a JSON number. A whole one is an integer, since "20.0" and "20" would be signed as two different things."""
    return int(jp) if jp == int(jp) else float(jp)


def _exact(jp: Decimal) -> str:
    """JP to the last digit, with a point: "20", "2.5"."""
    return f"{jp.normalize():f}"


def plain(text: str) -> str:
    """One line without control characters, which have no place in a name and which canonical forms write differently."""
    return " ".join("".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text).split())


def _without_empty(value: Any) -> Any:
    """A field that says nothing is left out; the standard has no empty ones."""
    if isinstance(value, dict):
        kept = {name: _without_empty(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in (None, "", [], {})}
    return [_without_empty(one) for one in value] if isinstance(value, list) else value
