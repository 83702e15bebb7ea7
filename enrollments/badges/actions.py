"""Badges are given a bit when their certificate is issued; issuers get a key with their first, and new ones when wanted."""

import secrets
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.agencies.models import Agency
from accounts.audit.actions import record
from accounts.people.models import User
from asn_lms.lib.refusals import Refusal
from asn_lms.lib.sealed import seal
from enrollments.badges.identity import has_address
from enrollments.badges.models import LIST_BITS, LIST_ROOM, Badge, BadgeIssuer, IssuerKey, StatusList
from enrollments.badges.multikey import multikey
from enrollments.badges.queries import PURPOSE
from enrollments.certificates.models import Certificate
from enrollments.enrolling.models import Enrollment

BATCH = 1000


class KeyIsTheName(Refusal):
    """The issuer's name is its key: with another key it would be another issuer."""


def give_badges(certificate: int | None = None, *, since: datetime | None = None) -> int:
    """Give every issued certificate without a badge (or this one, with what waits among the thousand made after it: issuing
    many asks for each; or those delivered since then) a random free bit in its organiser's list.

    Runs twice or side by side with the same result: the list's row is locked, a certificate has one badge at most.
    Answers how many were given. A badge says that a course was completed, so a statement that somebody only attended has none.
    """
    waiting = (
        Certificate.objects.fresh(since)
        .ready()
        .filter(frozen_at__isnull=False, badge__isnull=True, enrollment__status=Enrollment.Status.COMPLETED)
    )
    if certificate is not None:
        waiting = waiting.filter(pk__range=(certificate, certificate + BATCH))
    given, last = 0, 0
    while rows := list(waiting.filter(pk__gt=last).select_related("series__organiser").order_by("pk")[:BATCH]):
        last = rows[-1].pk
        by_organiser: dict[Agency, list[Certificate]] = {}
        for row in rows:
            by_organiser.setdefault(row.series.organiser, []).append(row)
        given += sum(_give(organiser, its) for organiser, its in by_organiser.items())
    return given


@transaction.atomic
def _give(organiser: Agency, certificates: list[Certificate]) -> int:
    issuer = _issuer_of(organiser)
    # Only one process at a time gives bits of this issuer; what another gave meanwhile is left as it is.
    BadgeIssuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)
    have = set(Badge.objects.filter(certificate__in=certificates).values_list("certificate_id", flat=True))
    left = [row for row in certificates if row.pk not in have]
    given = len(left)
    while left:
        into = _list_with_room(issuer)
        some, left = left[: LIST_ROOM - into.taken], left[LIST_ROOM - into.taken :]
        places = zip(some, _free(into, len(some)), strict=True)
        Badge.objects.bulk_create(Badge(certificate=row, status_list=into, index=index) for row, index in places)
        StatusList.objects.filter(pk=into.pk).update(taken=F("taken") + len(some))
    return given


def _free(into: StatusList, count: int) -> list[int]:
    """So many random places that are not taken: neighbours in the list are no neighbours in life."""
    free: list[int] = []
    while len(free) < count:
        drawn = dict.fromkeys(secrets.randbelow(LIST_BITS) for _more in range(count - len(free)))
        taken = {*free, *into.badges.filter(index__in=drawn).values_list("index", flat=True)}
        free += [index for index in drawn if index not in taken]
    return free


def _list_with_room(issuer: BadgeIssuer) -> StatusList:
    last = issuer.lists.order_by("-number").first()
    if last and last.taken < LIST_ROOM:
        return last
    return issuer.lists.create(number=last.number + 1 if last else 1)


def _issuer_of(organiser: Agency) -> BadgeIssuer:
    """The organiser as an issuer, with its first key; two that ask at once get the same."""
    found = BadgeIssuer.objects.filter(organiser=organiser).first()
    if found:
        return found
    slug = slugify(organiser.code) or f"unit-{organiser.pk}"
    taken = BadgeIssuer.objects.filter(slug=slug).exclude(organiser=organiser).exists()
    slug = f"{slug}-{organiser.pk}" if taken else slug
    issuer, is_new = BadgeIssuer.objects.get_or_create(organiser=organiser, defaults={"slug": slug})
    if is_new:
        _new_key(issuer)
    return issuer


def _new_key(issuer: BadgeIssuer) -> IssuerKey:
    private = Ed25519PrivateKey.generate()
    return issuer.keys.create(public=multikey(private.public_key()), sealed=seal(private.private_bytes_raw(), PURPOSE))


@transaction.atomic
def replace_key(issuer: BadgeIssuer, *, is_betrayed: bool, by: User | None) -> IssuerKey:
    """Sign with a new key from now on; the private part of the old one is destroyed.

    What the old key signed stays good, unless others know it (`is_betrayed`): then its credentials are to be downloaded anew.
    Raises KeyIsTheName where the issuer has no address on the web, since its name is its key.
    """
    if not has_address():
        raise KeyIsTheName(_("Here the issuer's name is its key. Give this site an https address first (SITE_URL)."))
    BadgeIssuer.objects.select_for_update(no_key=True).get(pk=issuer.pk)
    issuer.keys.filter(retired_at__isnull=True).update(retired_at=Now(), sealed=None, is_betrayed=is_betrayed)
    key = _new_key(issuer)
    record("badge.key_replaced", issuer.organiser, by=by, key=key.public, betrayed=is_betrayed)
    return key
