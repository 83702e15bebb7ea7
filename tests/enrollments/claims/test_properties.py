"""Whatever the order of verifying, giving back and taking back: the books balance, and no cap is broken."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from asn_lms.lib.refusals import Refusal
from enrollments.claims.actions import refuse_claim, return_claim, send_claim, take_back_claim, verify_claim
from enrollments.claims.models import Claim
from enrollments.credits.models import CreditDay, LedgerEntry
from enrollments.credits.queries import year_of_credit
from enrollments.credits.recount import faults, recount
from tests.cast import cast
from tests.enrollments.claims.fixture import facts, sent

FIRST = date(2026, 3, 30)
stories = st.lists(
    st.tuples(
        st.sampled_from(["claim"] * 4 + ["verify"] * 4 + ["take back"] * 2 + ["return", "send", "refuse"]),
        st.integers(0, 9),
        st.sampled_from(["NKL01", "NKL09", "KL06", "KL03"]),
        st.integers(0, 4),
    ),
    min_size=4,
    max_size=20,
)


class TestAnyOrder(TestCase):
    @settings(
        max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(story=stories)
    def test_the_books_balance_and_no_cap_is_broken(self, story: list[Any]) -> None:
        people = cast()
        for what, which, code, when in story:
            claims = list(Claim.objects.order_by("pk"))
            try:
                if what == "claim":
                    sent(
                        people.learner,
                        facts=facts(FIRST + timedelta(days=when), code=code, quantity=which + 1),
                        why="Lain.",
                    )
                elif claims:
                    self._do(what, claims[which % len(claims)], people)
            except Refusal:
                continue
        assert (faults(), list(recount())) == ([], [])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        verified = Claim.objects.filter(state=Claim.State.VERIFIED)
        counted = verified.aggregate(jp=Sum("credit__jp"))["jp"] or Decimal(0)
        assert year_of_credit(people.learner, 2026).earned == counted
        self._keeps_caps()

    def _do(self, what: str, claim: Claim, people: Any) -> None:
        match what:
            case "verify":
                verify_claim(claim, by=people.officer)
            case "take back":
                take_back_claim(claim, by=people.officer, reason="Keliru.")
            case "return":
                return_claim(claim, by=people.officer, reason="Buram.")
            case "send":
                send_claim(claim, by=claim.learner, why_not_same="Lain.")
            case _:
                refuse_claim(claim, by=people.officer, reason="Bukan.")

    def _keeps_caps(self) -> None:
        """4 JP of coaching in a month, 2 JP of self-study in a day, of what stands."""
        gone = LedgerEntry.objects.filter(kind="reversal").values("about")
        standing = CreditDay.objects.exclude(credit__in=gone)
        for month in (3, 4):
            coached = standing.filter(credit__path__code="NKL01", on__month=month).aggregate(jp=Sum("jp"))["jp"]
            assert (coached or 0) <= 4
        for day in range(5):
            own = standing.filter(credit__path__code="NKL09", on=FIRST + timedelta(days=day)).aggregate(jp=Sum("jp"))[
                "jp"
            ]
            assert (own or 0) <= 2
