"""What may be the same as a claim, claimed or learned already: the learner says why it is not, the officer looks twice."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.people.models import User
from accounts.roles.models import RoleGrant
from accounts.roles.queries import paths_of
from enrollments.claims.models import Claim

# pg_trgm: from here on two titles of the same days are taken for one; a slip or a missing word stays above it.
ALIKE = 0.4


class Why(TextChoices):
    FILE = "file", _("the same file as evidence")
    NUMBER = "number", _("the same certificate number of the same organiser")
    TITLE = "title", _("a similar title on the same days")
    DAYS = "days", _("the same days")
    PLACE = "place", _("a course here on the same days")
    PLACE_TITLE = "place_title", _("a course here with a similar title on the same days")


@dataclass(frozen=True)
class Lookalike:
    """Another claim (`claim_id`) or a place in a course here (`enrollment_id`), and by what it looks the same.

    `title` and `who` are empty where the reader may not see whose it is.
    """

    whys: tuple[Why, ...]
    on: date | None
    is_own: bool
    claim_id: int | None = None
    enrollment_id: int | None = None
    title: str = ""
    who: str = ""
    unit: str = ""
    state: str = ""

    @property
    def said(self) -> list[str | Promise]:
        return [why.label for why in self.whys]

    @property
    def state_label(self) -> str | Promise:
        return Claim.State(self.state).label if self.state else ""


def lookalikes_of(claim: Claim, *, reader: User) -> list[Lookalike]:
    """For this reader, the strongest signs first; one query."""
    return _found([claim.pk], reader).get(claim.pk, [])


def odd_ones(claims: Collection[Claim], *, reader: User) -> set[int]:
    """Which of these claims look like something else; one query, however many."""
    return set(_found([claim.pk for claim in claims], reader)) if claims else set()


def _found(ids: list[int], reader: User) -> dict[int, list[Lookalike]]:
    paths = paths_of(reader, RoleGrant.Role.OFFICER)
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"ids": ids, "alike": ALIKE})
        rows = cursor.fetchall()
    merged: dict[tuple[int, str, int], tuple[list[Why], Any]] = {}
    for claim, why, other, *facts in rows:
        merged.setdefault((claim, "place" if why.startswith("place") else "claim", other), ([], facts))[0].append(
            Why(why)
        )
    order = list(Why)
    found: dict[int, list[Lookalike]] = {}
    for (claim, sort, other), (whys, facts) in merged.items():
        title, state, on, is_own, who, unit, path = facts
        may_see = is_own or any(path.startswith(one) for one in paths)
        found.setdefault(claim, []).append(
            Lookalike(
                whys=tuple(why for why in order if why in whys),
                on=on if may_see else None,
                is_own=is_own,
                claim_id=other if sort == "claim" and may_see else None,
                enrollment_id=other if sort == "place" else None,
                title=title if may_see else "",
                who=who if may_see else "",
                unit=unit if may_see else "",
                state=state,
            )
        )
    for rows_of_one in found.values():
        rows_of_one.sort(key=lambda one: order.index(one.whys[0]))
    return found


# Claims that were sent, of anybody; what was withdrawn says nothing any more. Places of the learner: the days for which JP were
# counted, and the days on which lessons were finished.
_SQL = """
    WITH mine AS (
        SELECT c.id, c.learner_id, c.title, c.number_key, c.organiser_key, coalesce(a.zone, 'Asia/Jakarta') AS zone,
               (SELECT array_agg(d."on") FROM enrollments_claimday d WHERE d.claim_id = c.id) AS days
        FROM enrollments_claim c JOIN accounts_user u ON u.id = c.learner_id LEFT JOIN accounts_agency a ON a.id = u.agency_id
        WHERE c.id = ANY(%(ids)s)
    ), same_days AS (
        SELECT m.id, o.id AS other, similarity(m.title, o.title) >= %(alike)s AS is_alike FROM mine m
        JOIN enrollments_claim o ON o.learner_id = m.learner_id AND o.id <> m.id
        WHERE EXISTS (SELECT FROM enrollments_claimday d WHERE d.claim_id = o.id AND d."on" = ANY(m.days))
    ), signs AS (
        SELECT m.id, 'file' AS why, oe.claim_id AS other FROM mine m JOIN enrollments_evidence e ON e.claim_id = m.id
        JOIN enrollments_evidence oe ON oe.sha256 = e.sha256 AND oe.claim_id <> m.id
        UNION SELECT m.id, 'number', o.id FROM mine m JOIN enrollments_claim o
            ON o.number_key = m.number_key AND o.organiser_key = m.organiser_key AND o.id <> m.id
        WHERE m.number_key <> '' AND o.number_key <> ''
        UNION SELECT id, CASE WHEN is_alike THEN 'title' ELSE 'days' END, other FROM same_days
    )
    SELECT s.id, s.why, o.id, o.title, o.state, left(o.days_key, 10)::date, o.learner_id = m.learner_id, u.name,
           coalesce(nullif(a.short_name, ''), a.name, ''), coalesce(a.path, '')
    FROM signs s JOIN mine m ON m.id = s.id JOIN enrollments_claim o ON o.id = s.other
    JOIN accounts_user u ON u.id = o.learner_id LEFT JOIN accounts_agency a ON a.id = u.agency_id
    WHERE o.state NOT IN ('draft', 'withdrawn')
    UNION ALL
    SELECT m.id, CASE WHEN similarity(m.title, v.title) >= %(alike)s THEN 'place_title' ELSE 'place' END, e.id, v.title, '',
           (SELECT min(at."on") FROM unnest(m.days) AS at("on")), true, '', '', ''
    FROM mine m JOIN enrollments_enrollment e ON e.learner_id = m.learner_id AND e.status <> 'withdrawn'
    JOIN courses_courseversion v ON v.id = e.version_id
    WHERE EXISTS (
        SELECT FROM enrollments_credit c JOIN enrollments_creditday d ON d.credit_id = c.id
        WHERE c.enrollment_id = e.id AND d."on" = ANY(m.days)
    ) OR EXISTS (
        SELECT FROM enrollments_lessonprogress p
        WHERE p.enrollment_id = e.id AND (p.finished_at AT TIME ZONE m.zone)::date = ANY(m.days)
    )
"""
