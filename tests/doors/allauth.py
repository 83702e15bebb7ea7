"""What allauth brings under /accounts/. Who just signed in counts as having proved who they are."""

from dataclasses import replace
from typing import Any

from tests import make
from tests.doors import Door
from tests.world import Side


def _key(side: Side) -> dict[str, Any]:
    return {"key": "tidak-ada"}


def _reset(side: Side) -> dict[str, Any]:
    return {"uidb36": "zzz", "key": "tidak-ada"}


def _webauthn(side: Side) -> dict[str, Any]:
    return {"pk": 999_999_999}


def _wrong(side: Side) -> dict[str, Any]:
    # The sessions of a walk lie in cookies, so nobody can sign in anew there; test_signin does.
    return {"login": side.learner.nip, "password": "bukan-kata-sandinya"}


def _new_password(side: Side) -> dict[str, Any]:
    return {"oldpassword": make.PASSWORD, "password1": "hujan-pagi-di-medan", "password2": "hujan-pagi-di-medan"}


_ROWS = [
    Door("account_login", "nobody signed-in:302", post=200, body=_wrong, is_kept=False),
    Door("account_logout", "signed-in nobody:302", post=302, is_kept=False, spoils=True),
    Door("account_inactive", "everybody"),
    Door("account_signup", "nobody signed-in:302"),
    Door("account_reauthenticate", "signed-in"),
    Door(
        "account_email",
        "signed-in",
        post=302,
        body=lambda side: {"action_add": "", "email": "lain@contoh.go.id"},
        may_double=True,
    ),
    Door("account_email_verification_sent", "everybody"),
    Door(
        "account_change_password",
        "signed-in",
        post=302,
        body=_new_password,
        is_kept=False,
        may_double=True,
        spoils=True,
    ),
    Door("account_set_password", "signed-in:302"),
    Door(
        "account_reset_password",
        "everybody",
        post=302,
        body=lambda side: {"email": side.learner.email},
        is_kept=False,
        may_double=True,
    ),
    Door("account_reset_password_done", "everybody"),
    Door("account_reset_password_from_key", "everybody", at=_reset, is_public=True),
    Door("account_reset_password_from_key_done", "everybody"),
    Door("account_confirm_login_code", "everybody:302"),
    Door("account_confirm_email", "everybody", at=_key, is_public=True),
    Door("mfa_index", "signed-in"),
    Door("mfa_authenticate", "everybody:302"),
    Door("mfa_reauthenticate", "signed-in:302"),
    Door("mfa_activate_totp", "signed-in"),
    Door("mfa_deactivate_totp", "signed-in:404"),
    Door("mfa_view_recovery_codes", "signed-in:404"),
    Door("mfa_generate_recovery_codes", "signed-in"),
    Door("mfa_download_recovery_codes", "signed-in:404"),
    Door("mfa_list_webauthn", "signed-in"),
    Door("mfa_add_webauthn", "signed-in"),
    Door("mfa_reauthenticate_webauthn", "signed-in:302"),
    Door("mfa_remove_webauthn", "", at=_webauthn),
    Door("mfa_edit_webauthn", "", at=_webauthn),
    Door("socialaccount_login_cancelled", "everybody"),
    Door("socialaccount_login_error", "everybody:401"),
    Door("socialaccount_signup", "everybody:302"),
    Door("socialaccount_connections", "signed-in", post=200),
    Door("/accounts/social/login/cancelled/", "everybody:301"),
    Door("/accounts/social/login/error/", "everybody:301"),
    Door("/accounts/social/signup/", "everybody:301"),
    Door("/accounts/social/connections/", "everybody:301"),
    Door("usersessions_list", "signed-in", post=302),
]

# Drawn alike for everybody who is signed in.
DOORS = [replace(row, is_alike=True) for row in _ROWS]
