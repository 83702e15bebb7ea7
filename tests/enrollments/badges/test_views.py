"""What others can ask for: the credential, lists, keys and words; open to any site, kept off search engines, limited."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from enrollments.badges import views
from enrollments.badges.models import LIST_BITS, Badge
from enrollments.badges.status import encoded
from tests.enrollments.badges.issued import credential_of, drawn, issued, take_back

pytestmark = pytest.mark.django_db


def address_of(row: Any) -> str:
    return reverse("verify-credential", args=[row.public_id])


def list_address(row: Any) -> str:
    into = Badge.objects.get(certificate=row).status_list
    return reverse("badge-status", args=[into.issuer.slug, into.number])


def test_anybody_with_the_code_downloads_the_credential() -> None:
    row = issued()
    answer = Client().get(address_of(row))
    assert answer.json() == credential_of(row)
    assert answer["Content-Type"] == "application/json"
    assert (
        answer["Content-Disposition"]
        == f'attachment; filename="Kredensial-{row.number.replace("/", "-").replace(".", "-")}.json"'
    )
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Cache-Control"] == "no-store"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert Client().get(address_of(row), headers={"Accept": "application/vc"})["Content-Type"] == "application/vc"


def test_the_page_of_the_certificate_leads_to_it_while_it_is_in_force() -> None:
    row = issued()
    page = reverse("verify", args=[row.public_id])
    assert address_of(row) in Client().get(page).content.decode()
    take_back(row)
    assert address_of(row) not in Client().get(page).content.decode()
    assert Client().get(address_of(row)).headers["Location"] == page


def test_the_learner_finds_it_where_the_certificate_is_shared() -> None:
    row = issued()
    client = Client()
    client.force_login(row.enrollment.learner)
    assert address_of(row) in client.get(reverse("certificate-share", args=[row.pk])).content.decode()
    answer = client.get(f"/api/v1/certificates/{row.pk}/credential")
    assert answer.json() == credential_of(row)
    assert "Access-Control-Allow-Origin" not in answer


def test_a_certificate_without_one_leads_to_its_page_and_one_that_never_was_to_none() -> None:
    row = drawn()
    assert Client().get(address_of(row)).headers["Location"] == reverse("verify", args=[row.public_id])
    assert Client().get(reverse("verify-credential", args=["0" * 32])).status_code == 404
    client = Client()
    client.force_login(row.enrollment.learner)
    assert client.get(f"/api/v1/certificates/{row.pk}/credential").status_code == 404


def test_the_list_is_right_at_once_after_a_revocation() -> None:
    row = issued()
    index = row.badge.index
    answer = Client().get(list_address(row))
    assert answer.json()["credentialSubject"]["encodedList"] == encoded([])
    assert answer["Cache-Control"] == "public, max-age=60"
    take_back(row)
    assert Client().get(list_address(row)).json()["credentialSubject"]["encodedList"] == encoded([index])


def test_the_list_names_nobody() -> None:
    row = issued()
    text = json.dumps(Client().get(list_address(row)).json())
    assert row.name not in text
    assert row.public_id not in text


def test_bits_count_from_the_left_as_the_standard_says() -> None:
    import gzip
    from base64 import urlsafe_b64decode

    packed = encoded([0, 9, LIST_BITS - 1])[1:]
    bits = gzip.decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    assert len(bits) * 8 == LIST_BITS
    assert (bits[0], bits[1], bits[-1]) == (0x80, 0x40, 0x01)


@pytest.mark.usefixtures("on_the_web")
def test_the_keys_stand_where_did_web_looks_for_them() -> None:
    row = issued()
    slug = row.badge.status_list.issuer.slug
    keys = Client().get(f"/badges/{slug}/did.json", headers={"Host": "lms.contoh.go.id"}, secure=True).json()
    assert keys["id"] == f"did:web:lms.contoh.go.id:badges:{slug}" == credential_of(row)["issuer"]["id"]
    assert keys["assertionMethod"] == [credential_of(row)["proof"]["verificationMethod"]]
    assert keys["alsoKnownAs"] == [f"did:key:{keys['verificationMethod'][0]['publicKeyMultibase']}"]
    assert "sealed" not in json.dumps(keys)


def test_every_word_of_ours_is_explained() -> None:
    words = {one["@id"] for one in Client().get(reverse("badge-terms")).json()["@graph"]}
    text = json.dumps(credential_of(issued()))
    used = {f"#{piece.split(chr(34))[0]}" for piece in text.split('"asn:')[1:]}
    assert used <= words


def test_whoever_asks_too_often_waits(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATE_LIMITS = True
    cache.clear()
    row = issued()
    monkeypatch.setattr("asn_lms.lib.throttle.time", lambda: 1_800_000_000.0)  # all within one minute
    monkeypatch.setattr(views, "PER_MINUTE", 2)
    monkeypatch.setattr(views, "LOOK_UPS_PER_MINUTE", 2)
    for asked in (address_of(row), list_address(row)):
        statuses = [Client().get(asked).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]


def test_a_credential_and_a_list_cost_a_few_queries(django_assert_max_num_queries: Any) -> None:
    rows = [issued() for _ in range(2)]
    by = rows[0].series.organiser
    for _ in range(8):
        take_back(issued(by))
    credential, bits = address_of(rows[0]), list_address(rows[0])
    Client().get(credential)
    with django_assert_max_num_queries(3):
        Client().get(credential)
    with django_assert_max_num_queries(3):
        Client().get(bits)
