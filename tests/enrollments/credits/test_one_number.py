"""Whatever happened to somebody's JP, every place that tells the number tells the same one, to the last digit."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from python_calamine import CalamineWorkbook

from accounts.jobs.actions import claim_job
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib import words
from asn_lms.lib.refusals import Refusal
from courses.taxonomy.models import LearningPath
from enrollments.claims.actions import take_back_claim, verify_claim
from enrollments.claims.models import Claim
from enrollments.credits.actions import close_year, correct_credit, credit_completion, credit_outside, reverse_credit
from enrollments.credits.models import Credit
from enrollments.credits.queries import year_of_credit
from enrollments.credits.recount import faults, recount
from enrollments.reminders.digest import write_digest
from enrollments.reminders.queries import Reminded
from enrollments.reminders.steps import Step
from enrollments.reports.actions import ask_for_export
from enrollments.reports.queries import agency_report
from enrollments.reports.recount import differences
from enrollments.reports.staff import staff_page
from enrollments.reports.tasks import write_export
from tests import make
from tests.cast import cast
from tests.enrollments.claims.fixture import facts, sent

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
TODAY = date(2026, 11, 24)
PATHS = ("NKL03", "NKL03", "KL03", "NKL09")
# Days that share caps, two months, and both sides of a new year.
DAYS = [date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1), *(date(2026, 3, 10) + timedelta(n) for n in range(3))]
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["complete"] * 4 + ["coach"] * 2 + ["claim"] * 3 + ["take back", "correct", "correct", "reverse", "close"]
        ),
        st.integers(0, 7),
        st.integers(0, len(DAYS) - 1),
        st.decimals(0, 9, places=2),
    ),
    min_size=4,
    max_size=16,
)


class TestOneNumber(TestCase):
    @settings(
        max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(story=steps)
    def test_page_report_export_rest_and_reminder_tell_the_sum_of_the_books(self, story: list[Any]) -> None:
        people = cast()
        learner = User.objects.select_related("agency").get(pk=people.learner.pk)
        with patch.object(timezone, "now", lambda: NOW), translation.override("id"):
            for number, step in enumerate(story):
                self._live(people, learner, number, *step)
            for year in (2025, 2026):
                self._compare(people, learner, year)
        assert [one for one in differences() if one["measure"] == "jp"] == []
        assert (faults(), list(recount())) == ([], [])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def _live(self, people: Any, learner: User, number: int, what: str, which: int, when: int, jp: Decimal) -> None:
        credits = list(Credit.objects.order_by("pk"))
        try:
            if what == "complete":
                path = LearningPath.objects.get(code=PATHS[which % len(PATHS)])
                version = make.version(path=path, jp=jp, organiser=people.bkpsdm)
                place = make.enrollment(learner=learner, cohort=make.cohort(version=version), status="completed")
                credit_completion(place, on=DAYS[when], studied=dict.fromkeys(DAYS[: when + 1], which))
            elif what == "coach":
                credit_outside(
                    learner, reference=f"klaim {number}", title="Coaching", path=LearningPath.objects.get(code="NKL01"),
                    scope=("national", "international")[which % 2], quantity=jp, dates=DAYS[: when + 1],
                )  # fmt: skip
            elif what == "claim":
                stated = facts(*DAYS[: when + 1], code=PATHS[which % len(PATHS)], quantity=str(jp or 1))
                claim = sent(learner, facts=stated, why="Kegiatan lain.")
                verify_claim(claim, by=people.officer)
            elif what == "take back":
                claims = list(Claim.objects.filter(state=Claim.State.VERIFIED).order_by("pk"))
                if claims:
                    take_back_claim(claims[which % len(claims)], by=people.officer, reason="Keliru")
            elif what == "close":
                close_year(people.city, 2025, by=people.admin)
            elif credits and what == "correct":
                correct_credit(credits[which % len(credits)], jp, by=people.officer, reason="Salah hitung")
            elif credits:
                reverse_credit(credits[which % len(credits)], by=people.officer, reason="Dicabut")
        except Refusal:
            return

    def _compare(self, people: Any, learner: User, year: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(credit) - sum(debit), 0) FROM enrollments_ledgerposting WHERE learner_id = %s AND year = %s"
                " AND account <> 'activity' AND account <> 'capped'",
                [learner.pk, year],
            )
            truth: Decimal = cursor.fetchone()[0]
        client = Client()
        client.force_login(learner)
        page = client.get("/me/jp/", {"year": year})
        if year in page.context["years"]:
            assert (
                page.context["credit"].earned
                == sum((one.line.jp for one in page.context["told_lines"]), Decimal(0))
                == truth
            )
            assert f"{words.jp(truth)}" in page.content.decode()
        rest = client.get("/api/v1/credits", {"year": year}).json()
        assert Decimal(rest["earned"]) == sum((Decimal(one["jp"]) for one in rest["items"]), Decimal(0)) == truth
        report = agency_report(people.a, year, NOW)
        assert (report.staff.pns_jp, sum((row.jp for row in report.months), Decimal(0))) == (truth, truth)
        [row] = [one for one in staff_page(people.a, year, TODAY).rows if one.id == learner.pk]
        assert row.jp == truth
        if year == TODAY.year:
            assert client.get("/").context["home"].year.credit.earned == truth
            assert client.get("/certificates/").context["credit"].earned == truth
            place = make.enrollment(learner=learner)
            digest = write_digest(learner, [Reminded(place, Step.START)], year_of_credit(learner, year), TODAY)
            assert f"{words.jp(truth)} dari 20" in digest.data["jp"]
        head = User.objects.get(pk=people.head.pk)
        assert head.grants.filter(role=RoleGrant.Role.HEAD).exists()
        job = claim_job(ask_for_export(people.a, year, by=head, form="xlsx").pk)
        assert job
        file = io.BytesIO()
        write_export(job, file)
        file.seek(0)
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_index(5).to_python()
        [line] = [one for one in sheet if one[0] == learner.full_name]
        assert Decimal(str(line[5])) == truth
