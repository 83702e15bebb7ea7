"""An independent verifier (npm) accepts our credentials, and refuses changed and revoked ones. No network."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from enrollments.badges.actions import replace_key
from enrollments.badges.models import BadgeIssuer
from tests import make
from tests.enrollments.badges.issued import Case, case, credential_of, issued, judged, organiser, replace, take_back
from tests.world import CORPUS

pytestmark = pytest.mark.django_db


def test_it_accepts_ours_under_the_name_that_is_a_key() -> None:
    row = issued()
    assert credential_of(row)["issuer"]["id"].startswith("did:key:z6Mk")
    assert judged(case(row)) == [{"verified": True, "revoked": False, "errors": []}]


@pytest.mark.usefixtures("on_the_web")
def test_it_accepts_ours_under_the_name_on_the_web() -> None:
    row = issued()
    assert credential_of(row)["issuer"]["id"].startswith("did:web:lms.contoh.go.id:badges:")
    assert judged(case(row)) == [{"verified": True, "revoked": False, "errors": []}]


def test_it_says_that_a_revoked_and_a_replaced_one_are_revoked_and_their_neighbour_is_not() -> None:
    row = issued()
    other = issued(row.series.organiser)
    replaced = issued(row.series.organiser)
    before = [credential_of(row), credential_of(replaced)]
    take_back(row)
    replace(replaced)
    assert judged(case(row, before[0]), case(replaced, before[1]), case(other)) == [
        {"verified": True, "revoked": True, "errors": []},
        {"verified": True, "revoked": True, "errors": []},
        {"verified": True, "revoked": False, "errors": []},
    ]


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, (*path, name))
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield from _leaves(one, (*path, position))
    else:
        yield path


def _changed(credential: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    changed = copy.deepcopy(credential)
    *way, last = path
    place: Any = changed
    for step in way:
        place = place[step]
    old = place[last]
    place[last] = (not old) if isinstance(old, bool) else old + 1 if isinstance(old, int | float) else old + "x"
    return changed


def test_it_refuses_a_change_of_any_single_field() -> None:
    row = issued()
    genuine = credential_of(row)
    paths = [path for path in _leaves(genuine) if path[:1] != ("@context",)]
    assert len(paths) > 60
    cases = [Case(_changed(genuine, path), case(row).documents) for path in paths]
    accepted = [path for path, said in zip(paths, judged(*cases), strict=True) if said["verified"]]
    assert accepted == []


def test_it_refuses_a_field_left_out_or_added() -> None:
    row = issued()
    documents = case(row).documents
    changed = []
    for name in ("asn:signatory", "evidence", "credentialStatus", "description"):
        less = credential_of(row)
        del less[name]
        changed.append(Case(less, documents))
    more = credential_of(row)
    more["asn:extra"] = "x"
    stranger = credential_of(row)
    stranger["unknownWord"] = "x"
    said = judged(*changed, Case(more, documents), Case(stranger, documents))
    assert [one["verified"] for one in said] == [False] * 6


def test_it_refuses_the_signature_of_another_issuer_under_our_name() -> None:
    ours, theirs = issued(), issued()
    forged = credential_of(ours)
    forged["proof"] = credential_of(theirs)["proof"]
    assert not judged(Case(forged, case(ours).documents))[0]["verified"]


@pytest.mark.usefixtures("on_the_web")
def test_what_a_retired_key_signed_stays_good_and_what_a_betrayed_key_signed_does_not() -> None:
    row = issued()
    issuer = BadgeIssuer.objects.get()
    first = credential_of(row)
    replace_key(issuer, is_betrayed=False, by=None)
    second = credential_of(row)
    replace_key(issuer, is_betrayed=True, by=None)
    third = credential_of(row)
    assert len({one["proof"]["verificationMethod"] for one in (first, second, third)}) == 3
    said = judged(*(case(row, one) for one in (first, second, third)))
    assert [one["verified"] for one in said] == [True, False, True]


def test_it_accepts_names_of_every_sort() -> None:
    names = [
        *CORPUS,
        'Ni "Kadek" \\ Ayu',
        "Nama\tdengan\u0007 tanda\u007f",
        "Ａñ̃ 名前 😀",
        "\u202eterbalik",
        "@id",
        "_:b0",
        "z" * 150,
    ]
    rows = []
    by = organiser()
    rows = [issued(by, make.person(name), title=name, held_at=name[:120]) for name in names]
    said = judged(*(case(row) for row in rows))
    assert [one["errors"] for one in said] == [[] for _name in names]


@pytest.mark.parametrize("jp", ["1", "0.25", "2.5", "33.33", "100", "9999.99"])
def test_it_reads_the_same_number_of_jp(jp: str) -> None:
    row = issued(jp=jp)
    subject = credential_of(row)["credentialSubject"]
    assert subject["creditsEarned"] == float(jp)
    assert subject["result"][0]["value"] == jp
    assert judged(case(row))[0]["verified"]
