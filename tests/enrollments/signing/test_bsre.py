"""BSrE's services sign what they are sent; each of their faults becomes a sentence and the right fate of paper and batch."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from asn_lms.lib.sealed import seal
from asn_lms.lib.secret import Secret
from enrollments.signing import bsre as service
from enrollments.signing.findings import Root
from enrollments.signing.models import SealActivation
from enrollments.signing.reading import read
from enrollments.signing.signers import SIGNERS, OneTimeCode, Signatory
from enrollments.signing.trouble import (
    AccountInactive,
    NoIdentity,
    NotConfigured,
    PaperRefused,
    SealInactive,
    ServerAway,
    SigningTrouble,
    WrongCode,
    WrongPassphrase,
)
from tests.bsre_server import ACTIVATION, CODE, NIK, PASSPHRASE, BsreServer, Fault

pytestmark = pytest.mark.django_db
HEAD = Signatory("Kepala BKPSDM", "Pemerintah Kota Medan", nik=NIK)
ALL = ("bsre_v1", "bsre_v2", "seal")


def sign(name: str, paper: bytes, secret: Secret[str] | None = None, signatory: Signatory = HEAD) -> bytes:
    if name == "seal" and not SealActivation.objects.exists():
        activated()
    return SIGNERS[name].sign(
        paper,
        signatory=signatory,
        secret=None if name == "seal" else secret or Secret(PASSPHRASE),
        reason="Sertifikat pelatihan",
        place="Medan",
        url="https://contoh/v/1",
    )


def activated(days: float = 30) -> None:
    SealActivation.objects.create(
        sealed_code=seal(ACTIVATION.encode(), service.PURPOSE), expires_at=timezone.now() + timedelta(days=days)
    )


@pytest.mark.parametrize("name", ALL)
def test_what_comes_back_is_the_paper_signed_under_bsres_own_root(name: str, bsre: BsreServer, paper: bytes) -> None:
    found = read(sign(name, paper), [Root("trusted", bsre.pen.root.der)])
    assert (found.is_whole, found.is_intact, found.trust, found.signer) == (True, True, "trusted", "Kepala BKPSDM")


def test_the_first_version_may_answer_with_an_id_to_fetch(bsre: BsreServer, paper: bytes) -> None:
    bsre.by_id = True
    assert read(sign("bsre_v1", paper), []).is_intact
    assert bsre.paths() == ["/api/sign/pdf", "/api/sign/download/dok-1"]


def test_a_one_time_code_takes_the_place_of_the_passphrase(bsre: BsreServer, paper: bytes) -> None:
    SIGNERS["bsre_v2"].send_code(HEAD, papers=3)
    assert read(sign("bsre_v2", paper, OneTimeCode(CODE)), []).is_intact
    assert bsre.paths() == ["/api/v2/sign/get/totp", "/api/v2/sign/pdf"]
    with pytest.raises(WrongCode) as caught:
        sign("bsre_v2", paper, OneTimeCode("000000"))
    assert caught.value.stops_batch


@pytest.mark.parametrize("name", ["bsre_v1", "bsre_v2"])
def test_a_wrong_passphrase_stops_the_batch(name: str, bsre: BsreServer, paper: bytes) -> None:
    with pytest.raises(WrongPassphrase) as caught:
        sign(name, paper, Secret("salah"))
    assert caught.value.stops_batch


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        ("500 empty", ServerAway),
        ("502 page", ServerAway),
        ("hang up", ServerAway),
        ("slow", ServerAway),
        ("garbage", ServerAway),
        ("no json", ServerAway),
        ("unsigned", ServerAway),
        ("other paper", ServerAway),
        ("500 paper", PaperRefused),
        ("500 place", PaperRefused),
    ],
)
def test_a_fault_of_the_server_is_told_from_one_of_the_paper(
    name: str, fault: Fault, trouble: type[SigningTrouble], bsre: BsreServer, paper: bytes, settings: Any
) -> None:
    bsre.fault = fault
    settings.BSRE_SECONDS = 1 if fault == "slow" else 10
    if name == "seal":
        activated()
    with pytest.raises(trouble) as caught:
        sign(name, paper)
    assert caught.value.is_temporary == (trouble is ServerAway)
    assert not caught.value.stops_batch


@pytest.mark.parametrize("name", ["bsre_v1", "bsre_v2"])
@pytest.mark.parametrize("status", ["EXPIRED", "REVOKE", "SUSPEND", "NOT_REGISTERED"])
def test_an_account_that_is_not_active_is_found_out_before_the_batch(name: str, status: str, bsre: BsreServer) -> None:
    SIGNERS[name].check_account(HEAD)
    bsre.status = status
    with pytest.raises(AccountInactive) as caught:
        SIGNERS[name].check_account(HEAD)
    assert caught.value.stops_batch


@pytest.mark.parametrize("nik", ["", "123", "../../user", NIK + "0"])
def test_without_a_proper_nik_nobody_is_asked(nik: str, bsre: BsreServer, paper: bytes) -> None:
    for name in ("bsre_v1", "bsre_v2"):
        with pytest.raises(NoIdentity):
            SIGNERS[name].check_account(Signatory("A", "B", nik=nik))
        with pytest.raises(NoIdentity):
            sign(name, paper, signatory=Signatory("A", "B", nik=nik))
    assert not bsre.asked


@pytest.mark.parametrize("name", ALL)
def test_a_service_that_does_not_know_this_installation_says_so(
    name: str, bsre: BsreServer, paper: bytes, settings: Any
) -> None:
    settings.BSRE_PASSWORD = Secret("bukan")
    with pytest.raises(NotConfigured):
        sign(name, paper)


def test_an_internal_address_that_nobody_named_is_not_called(bsre: BsreServer, paper: bytes, settings: Any) -> None:
    settings.IS_LOOPBACK = False
    with pytest.raises(NotConfigured):
        sign("bsre_v1", paper)
    settings.OUTBOUND_INTERNAL = [bsre.url]
    assert sign("bsre_v1", paper)


# --- The seal's activation ---


def test_the_seal_signs_unattended_once_it_is_activated(bsre: BsreServer, paper: bytes) -> None:
    with pytest.raises(SealInactive):
        SIGNERS["seal"].check_account(HEAD)
    service.ask_for_activation()
    service.activate_seal(Secret(ACTIVATION))
    assert read(sign("seal", paper), []).is_intact
    assert ACTIVATION.encode() not in bytes(SealActivation.objects.get().sealed_code)


def test_the_command_takes_the_code_from_where_nobody_else_sees_it(
    bsre: BsreServer, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    call_command("activate_seal", "--ask", "--json")
    monkeypatch.setattr("sys.stdin", io.StringIO(ACTIVATION + "\n"))
    call_command("activate_seal", "--json")
    assert "active_until" in capsys.readouterr().out
    assert SealActivation.objects.get().expires_at > timezone.now()


def test_an_activation_that_ends_soon_is_renewed_and_one_that_ended_is_not_used(bsre: BsreServer, paper: bytes) -> None:
    activated(days=0.5)
    sign("seal", paper)
    assert SealActivation.objects.get().expires_at > timezone.now() + timedelta(days=20)
    SealActivation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(SealInactive):
        sign("seal", paper)


def test_of_two_who_renew_at_once_the_second_goes_on_with_what_the_first_got(bsre: BsreServer, paper: bytes) -> None:
    activated(days=0.5)
    bsre.activation = "sudah lain"  # BSrE has given the next code to another worker, which is about to write it down
    with pytest.raises((WrongCode, SealInactive)):
        sign("seal", paper)
    SealActivation.objects.update(
        sealed_code=seal(b"sudah lain", service.PURPOSE), expires_at=timezone.now() + timedelta(days=30)
    )
    assert sign("seal", paper)
