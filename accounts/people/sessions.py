"""Ending what a person has open, so that a suspension or a transfer counts at once."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.utils import timezone


def end_sessions(person: Any) -> int:
    """Sign the person out everywhere. Returns how many sessions ended."""
    sessions = list(UserSession.objects.filter(user_id=person.pk))
    for session in sessions:
        session.end()
    return len(sessions)


def end_tokens(person: Any) -> int:
    """Revoke the person's API tokens, by their relation: they live in an area above this one."""
    return int(person.api_tokens.filter(revoked_at__isnull=True).update(revoked_at=timezone.now()))
