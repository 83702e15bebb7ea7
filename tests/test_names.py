"""Nobody learns here who exists, and a number stands in no address and no log. Promise S10."""

import re
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client, override_settings

from accounts.people.models import User
from accounts.signin.actions import print_codes
from tests import make
from tests.cast import Cast, cast
from tests.test_access import told
from tests.walk import Walk

pytestmark = pytest.mark.django_db

_SECRETS = [
    re.compile(r'nonce="[^"]*"'),
    re.compile(r'name="(?:csrfmiddlewaretoken|idempotency_key)" value="[^"]*"'),
    re.compile(r"\d\d\.\d\d WI(?:B|TA|T)"),
]
_ADDRESS = re.compile(r"""(?:href|action|src|formaction|hx-get|hx-post|data-\w+)=["']([^"']*)["']""")


class SlowEnough(PBKDF2PasswordHasher):
    """A hash that takes as long as the rest of the answer: leaving it out would be seen."""

    iterations = 60_000


UNKNOWN_NIP, UNKNOWN_MAIL = "198001012005011999", "tidak.ada@contoh.go.id"


@pytest.fixture
def people() -> Cast:
    found = cast()
    found.learner.set_password(make.PASSWORD)
    found.learner.save(update_fields=["password"])
    return found


def same(path: str, known: dict[str, str], unknown: dict[str, str]) -> None:
    """Both are answered alike: status, address, headers, every word of the page."""
    answers = []
    for body in (known, unknown):
        client = Client()
        answer = client.post(path, body)
        text = answer.content.decode()
        for value in body.values():
            text = text.replace(value, "·")
        for pattern in _SECRETS:
            text = pattern.sub("·", text)
        followed = client.get(answer["Location"]).content.decode() if answer.status_code == 302 else ""
        for pattern in _SECRETS:
            followed = pattern.sub("·", followed)
        for value in body.values():
            followed = followed.replace(value, "·")
        headers = {
            name: value
            for name, value in answer.headers.items()
            if "Policy" not in name and name not in {"Content-Length", "Expires"}
        }
        answers.append((answer.status_code, headers, text, followed, sorted(answer.cookies)))
    for one, other in zip(*answers, strict=True):
        assert one == other


def test_signing_in_with_a_wrong_password_does_not_tell_who_exists(people: Cast) -> None:
    wrong = "bukan-kata-sandinya"
    same(
        "/accounts/login/",
        {"login": str(people.learner.nip), "password": wrong},
        {"login": UNKNOWN_NIP, "password": wrong},
    )
    same(
        "/accounts/login/",
        {"login": people.learner.email, "password": wrong},
        {"login": UNKNOWN_MAIL, "password": wrong},
    )


def test_nor_does_it_tell_that_an_account_was_closed(people: Cast) -> None:
    gone = make.person(password=True, is_active=False, deactivated_on="2026-01-31")
    wrong = "bukan-kata-sandinya"
    same("/accounts/login/", {"login": str(gone.nip), "password": wrong}, {"login": UNKNOWN_NIP, "password": wrong})


def test_asking_for_a_new_password_does_not_tell_who_exists(people: Cast) -> None:
    same("/accounts/password/reset/", {"email": people.learner.email}, {"email": UNKNOWN_MAIL})


def test_activating_does_not_tell_who_exists_nor_who_has_a_code(people: Cast) -> None:
    waiting = make.person(agency=people.a)
    print_codes(people.a, by=people.officer)
    rest = {"code": "ABCD-EFGH", "password": "hujan-pagi-di-medan"}
    unknown = {"nip": UNKNOWN_NIP, **rest}
    same("/accounts/activate/", {"nip": str(waiting.nip), **rest}, unknown)
    same("/accounts/activate/", {"nip": str(people.learner.nip), **rest}, unknown)


@override_settings(
    ACCOUNT_RATE_LIMITS=False,
    RATE_LIMITS=False,
    PASSWORD_HASHERS=["tests.test_names.SlowEnough"],
)
@pytest.mark.parametrize("door", ["reset", "sign-in", "activate"])
def test_the_time_of_the_answer_does_not_tell_it_either(people: Cast, door: str) -> None:
    """Medians of interleaved requests, with room for a busy machine, and asked anew before it counts as told."""
    people.learner.set_password(make.PASSWORD)
    people.learner.save(update_fields=["password"])
    waiting = make.person(agency=people.a)
    print_codes(people.a, by=people.officer)

    def ask(path: str, body: dict[str, Any]) -> Callable[[], object]:
        return lambda: Client().post(path, body)

    known, unknown = {
        "reset": (
            ask("/accounts/password/reset/", {"email": people.learner.email}),
            ask("/accounts/password/reset/", {"email": UNKNOWN_MAIL}),
        ),
        "sign-in": (
            ask("/accounts/login/", {"login": str(people.learner.nip), "password": "salah"}),
            ask("/accounts/login/", {"login": UNKNOWN_NIP, "password": "salah"}),
        ),
        "activate": (
            ask("/accounts/activate/", {"nip": str(waiting.nip), "code": "ABCD-EFGH", "password": "hujan-pagi-medan"}),
            ask("/accounts/activate/", {"nip": UNKNOWN_NIP, "code": "ABCD-EFGH", "password": "hujan-pagi-medan"}),
        ),
    }[door]
    for _once_more in range(4):
        slow, fast = sorted(_median(known, unknown))
        if slow < 1.6 * fast + 0.03:
            return
    pytest.fail(f"{slow:.3f} s against {fast:.3f} s")


def _median(known: Callable[[], object], unknown: Callable[[], object], times: int = 5) -> tuple[float, float]:
    known(), unknown()
    taken: tuple[list[float], list[float]] = ([], [])
    for _turn in range(times):
        for which, ask in enumerate((known, unknown)):
            began = perf_counter()
            ask()
            taken[which].append(perf_counter() - began)
    return median(taken[0]), median(taken[1])


def test_no_address_that_a_page_leads_to_bears_a_number_of_a_person(walk: Walk) -> None:
    wrong = []
    for visit in walk.visits:
        led = [*_ADDRESS.findall(visit.text)] if visit.is_page else []
        led.append(visit.headers.get("Location", ""))
        if any(number in unquote(address) for address in led for number in walk.numbers):
            wrong.append(str(visit))
    assert not wrong, told(wrong)


def test_no_log_line_of_the_whole_walk_bears_a_number_of_a_person(walk: Walk) -> None:
    assert not [line for line in walk.logged if any(number in line for number in walk.numbers)]


def test_a_failed_sign_in_leaves_no_number_in_the_log(people: Cast, caplog: pytest.LogCaptureFixture) -> None:
    nip = str(people.learner.nip)
    with caplog.at_level(0):
        Client().post("/accounts/login/", {"login": nip, "password": "salah"})
        Client().post("/accounts/activate/", {"nip": nip, "code": "ABCD-EFGH", "password": "hujan-pagi-di-medan"})
        Client().post("/accounts/login/", {"login": nip, "password": make.PASSWORD})
    lines = [line for line in caplog.text.splitlines() if nip in line and "django.db" not in line]
    assert not lines


def test_a_number_is_looked_for_by_form_and_never_by_address(people: Cast) -> None:
    """Wherever people are found by number, an address with one is refused or ignored, and a form finds them."""
    client = Client()
    client.force_login(people.officer)
    nip = str(people.learner.nip)
    _acknowledge(people.officer)
    for path in ("/office/people/", "/office/roles/", "/office/audit/", "/reports/people/"):
        answer = client.get(path, {"q": nip})
        assert answer.status_code in {200, 302}
        assert people.learner.name not in answer.content.decode(), path
        assert nip not in answer.headers.get("Location", ""), path
    found = client.post("/office/people/", {"q": nip})
    assert people.learner.name in found.content.decode()


def _acknowledge(person: User) -> None:
    from accounts.signin.actions import acknowledge
    from accounts.signin.queries import current_notice

    if (notice := current_notice()) is not None:
        acknowledge(person, notice)
