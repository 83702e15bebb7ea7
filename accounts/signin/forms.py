"""Sign-in by NIP or e-mail, activation, settings, tokens."""

import re
from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.people.models import User


def bare_number(text: str) -> str:
    """A NIP without the spaces and dots with which it is printed on cards; anything else as it is."""
    bare = re.sub(r"[\s.\-]", "", text)
    return bare if bare.isdigit() else text.strip()


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("NIP or office e-mail")
        self.fields["login"].help_text = _("The NIP may be written with or without spaces.")
        self.fields["login"].widget.attrs = {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Stay signed in on this device for 30 days")

    def clean_login(self) -> str:
        return bare_number(self.cleaned_data["login"])


class ActivationForm(forms.Form):
    nip = forms.CharField(
        label=_("NIP or NI PPPK"),
        max_length=40,
        help_text=_("18 digits; spaces do not matter."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "username"}),
    )
    code = forms.CharField(
        label=_("Code from your training officer"),
        max_length=20,
        help_text=_("Eight letters and digits, for example ABCD-EFGH."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        help_text=_("At least 10 characters. A short sentence is easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )

    def clean_nip(self) -> str:
        nip = bare_number(self.cleaned_data["nip"])
        if not nip.isdigit() or len(nip) != 18:
            digits = sum(sign.isdigit() for sign in nip)
            raise ValidationError(
                _("The number has %(digits)s digits; it must have 18. Type it as on your card.") % {"digits": digits}
            )
        return nip

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(nip=self.cleaned_data.get("nip")))
        return password


class PreferencesForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["wants_mail", "language"]
        widgets = {"language": forms.RadioSelect}
        labels = {"wants_mail": _("Send me reminders by e-mail")}
        help_texts = {
            "wants_mail": _(
                "One summary a day at most, only when something is due, between 07.00 and 18.00 on working days. "
                "Messages in the application always arrive."
            )
        }


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What is it for?"), max_length=60, help_text=_("For example: attendance dashboard of my unit.")
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("1 year"))],
        initial=90,
    )


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
        self.fields["name"].help_text = _("By which you know it again: “office”, “my phone”.")


class EditKeyForm(EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
