"""How allauth behaves in this house: nobody signs up by themselves, and no request waits for a mail server."""

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from accounts.notices.account_mail import post_mail
from accounts.people.models import User
from accounts.signin.actions import trust_office_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        answer = super().pre_login(request, user, **kwargs)
        if answer is None:
            trust_office_address(user)
        return answer

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail as a row; a worker sends it. To an address that nobody has, the same work is done and taken back,
        so that neither the answer nor its time tells whether a person exists.
        """
        message = self.render_mail(template_prefix, email, context)
        person = context.get("user") or User.objects.filter(email__iexact=email).first()
        with transaction.atomic():
            post_mail(
                person_id=person.pk if person else 0,
                about=uuid4().hex,
                to=email,
                subject=message.subject,
                text=message.body,
            )
            if person is None:
                transaction.set_rollback(True)


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    def is_mfa_enabled(self, user: User, types: Collection[str] | None = None) -> bool:
        """allauth asks for each kind in turn, some pages twice. Who only looks at a page changes none of them meanwhile, so there they
        are read once for each time the person is loaded.
        """
        request = context.request
        if user.is_anonymous or request is None or request.method not in {"GET", "HEAD"}:
            return bool(super().is_mfa_enabled(user, types=types))
        kept: set[str] | None = user.__dict__.get("_second_factors")
        if kept is None:
            kept = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
            user.__dict__["_second_factors"] = kept
        return bool(kept) if types is None else not kept.isdisjoint(types)
