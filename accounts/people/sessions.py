"""Ending what a person has open, so that a suspension or a transfer counts at once."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.db.models import F
from django.utils import timezone


def end_sessions(*people: int) -> None:
    """Sign these people out everywhere, by the epoch that signs every session; then take the sessions off their lists."""
    get_user_model().objects.filter(pk__in=people).update(session_epoch=F("session_epoch") + 1)
    for session in UserSession.objects.filter(user_id__in=people):
        session.end()


def end_tokens(person: Any) -> int:
    """Revoke the person's API tokens, by their relation: they live in an area above this one."""
    return int(person.api_tokens.filter(revoked_at__isnull=True).update(revoked_at=timezone.now()))
