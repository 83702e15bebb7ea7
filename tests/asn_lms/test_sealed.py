"""Secrets at rest open for their purpose and under their SECRET_KEY only."""

from typing import Any

import pytest

from asn_lms.lib.sealed import SealBroken, seal, unseal


def test_what_is_sealed_opens_again_and_shows_nothing_of_itself() -> None:
    sealed = seal(b"kunci rahasia", "test.key")
    assert b"kunci" not in sealed
    assert unseal(sealed, "test.key") == b"kunci rahasia"
    assert seal(b"kunci rahasia", "test.key") != sealed


def test_it_opens_from_what_the_database_gives_back() -> None:
    assert unseal(memoryview(seal(b"x", "test.key")), "test.key") == b"x"


def test_a_seal_of_one_purpose_is_none_of_another() -> None:
    with pytest.raises(SealBroken):
        unseal(seal(b"x", "test.key"), "test.passphrase")


def test_a_changed_seal_does_not_open() -> None:
    sealed = bytearray(seal(b"x", "test.key"))
    sealed[-3] ^= 1
    with pytest.raises(SealBroken):
        unseal(bytes(sealed), "test.key")


def test_the_former_secret_key_opens_while_it_is_being_replaced(settings: Any) -> None:
    sealed = seal(b"x", "test.key")
    settings.SECRET_KEY, former = "another" * 10, settings.SECRET_KEY
    with pytest.raises(SealBroken):
        unseal(sealed, "test.key")
    settings.SECRET_KEY_FALLBACKS = [former]
    assert unseal(sealed, "test.key") == b"x"
