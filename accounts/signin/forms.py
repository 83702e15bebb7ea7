"""Sign-in by NIP or e-mail."""

import re

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    def clean_login(self) -> str:
        """A NIP may be typed with spaces or dots, as it is printed on cards."""
        login: str = self.cleaned_data["login"].strip()
        bare = re.sub(r"[\s.\-]", "", login)
        return bare if bare.isdigit() else login
