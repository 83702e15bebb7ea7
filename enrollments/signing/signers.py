"""Who signs papers: one interface, five signers by name.

    local         the self-made authority, in the name of the agency; unattended, in place of its seal
    local_person  the same, in the name of a person with a passphrase: to try the signing queue out
    bsre_v1       a person, by BSrE's client service of the first version
    bsre_v2       a person, by its second version; passphrase or one-time code
    seal          the agency's electronic seal at BSrE; unattended

A person's secret is in memory only, in a Secret, from the form that took it to the call that needs it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asn_lms.lib.secret import Secret
from enrollments.signing import authority, bsre
from enrollments.signing.certs import Pen
from enrollments.signing.trouble import NotConfigured, PaperRefused, WrongPassphrase


@dataclass(frozen=True)
class Signatory:
    """In whose name a paper is signed. `owner` tells two people of one name apart and is never shown; `nik` is what BSrE
    knows a person by. Both are needed for a person only."""

    name: str
    organisation: str
    owner: str = ""
    nik: str = field(default="", repr=False)


class OneTimeCode(Secret[str]):
    """A code that BSrE sent to the person, instead of their passphrase."""


class Signer(ABC):
    name: str
    label: Promise
    # A person must be there and type a secret.
    is_attended: bool
    # The person may have a one-time code sent, and type that instead.
    sends_codes = False
    # What it signs holds in law.
    is_certified = True

    @abstractmethod
    def is_configured(self) -> bool: ...

    @abstractmethod
    def sign(
        self, pdf: bytes, *, signatory: Signatory, secret: Secret[str] | None, reason: str, place: str, url: str
    ) -> bytes:
        """The signed paper. Raises a SigningTrouble, whose attributes say what becomes of the paper and of the batch.

        May take BSRE_SECONDS; never call it inside a transaction.
        """

    @abstractmethod
    def check_account(self, signatory: Signatory) -> None:
        """Ask once before a batch whether this signatory can sign at all. Raises a SigningTrouble."""

    def send_code(self, signatory: Signatory, *, papers: int) -> None:
        """Have a one-time code for so many papers sent to the person. Raises a SigningTrouble."""
        raise NotConfigured(_("There are no one-time codes here: type the passphrase."))


class _Local(Signer):
    is_certified = False

    def is_configured(self) -> bool:
        return True

    def check_account(self, signatory: Signatory) -> None:
        """Keys are made when they are needed."""


class Local(_Local):
    name = "local"
    label = _("sample seal (not valid in law)")
    is_attended = False

    def sign(
        self, pdf: bytes, *, signatory: Signatory, secret: Secret[str] | None, reason: str, place: str, url: str
    ) -> bytes:
        return _by(authority.seal_pen(signatory.organisation), pdf, reason, place, url)


class LocalPerson(_Local):
    name = "local_person"
    label = _("sample signature of a person (not valid in law)")
    is_attended = True

    def sign(
        self, pdf: bytes, *, signatory: Signatory, secret: Secret[str] | None, reason: str, place: str, url: str
    ) -> bytes:
        if not secret:
            raise WrongPassphrase
        owner = signatory.owner or f"{signatory.name}, {signatory.organisation}"
        pen = authority.person_pen(owner, signatory.name, signatory.organisation, secret)
        return _by(pen, pdf, reason, place, url)


class BsreV1(Signer):
    name = "bsre_v1"
    label = _("signature by BSrE")
    is_attended = True

    def is_configured(self) -> bool:
        return bool(settings.BSRE_V1_URL)

    def check_account(self, signatory: Signatory) -> None:
        bsre.v1_check_account(signatory.nik)

    def sign(
        self, pdf: bytes, *, signatory: Signatory, secret: Secret[str] | None, reason: str, place: str, url: str
    ) -> bytes:
        if not secret:
            raise WrongPassphrase
        return bsre.v1_sign(pdf, nik=signatory.nik, passphrase=secret)


class BsreV2(Signer):
    name = "bsre_v2"
    label = _("signature by BSrE")
    is_attended = sends_codes = True

    def is_configured(self) -> bool:
        return bool(settings.BSRE_V2_URL)

    def check_account(self, signatory: Signatory) -> None:
        bsre.v2_check_account(signatory.nik)

    def send_code(self, signatory: Signatory, *, papers: int) -> None:
        bsre.v2_send_code(signatory.nik, papers)

    def sign(
        self, pdf: bytes, *, signatory: Signatory, secret: Secret[str] | None, reason: str, place: str, url: str
    ) -> bytes:
        if not secret:
            raise WrongPassphrase
        kind = "totp" if isinstance(secret, OneTimeCode) else "passphrase"
        return bsre.v2_sign(pdf, nik=signatory.nik, secret=(kind, secret), reason=reason, place=place, url=url)


class Seal(Signer):
    name = "seal"
    label = _("electronic seal by BSrE")
    is_attended = False

    def is_configured(self) -> bool:
        return bool(settings.BSRE_V2_URL and settings.BSRE_SEAL_ID)

    def check_account(self, signatory: Signatory) -> None:
        bsre.seal_code()

    def sign(
        self, pdf: bytes, *, signatory: Signatory, secret: Secret[str] | None, reason: str, place: str, url: str
    ) -> bytes:
        return bsre.seal_sign(pdf, reason=reason, place=place, url=url)


SIGNERS: Mapping[str, Signer] = {signer.name: signer for signer in (Local(), LocalPerson(), BsreV1(), BsreV2(), Seal())}


def for_people() -> Signer:
    """Who signs for a person: BSrE once it is configured, until then the sample."""
    return next(SIGNERS[name] for name in ("bsre_v2", "bsre_v1", "local_person") if SIGNERS[name].is_configured())


def for_agencies() -> Signer:
    """Who signs unattended: the seal once it is configured, until then the sample."""
    return next(SIGNERS[name] for name in ("seal", "local") if SIGNERS[name].is_configured())


def _by(pen: Pen, pdf: bytes, reason: str, place: str, url: str) -> bytes:
    # Loaded when the first paper is signed: it takes a second, which no page and no other command should wait for.
    from enrollments.signing import pades

    try:
        return pades.sign(pen, pdf, reason=reason, place=place, url=url)
    except pades.CannotSign as error:
        raise PaperRefused from error
