"""Shape of what comes in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from asn_lms.lib.refusals import Refusal
from asn_lms.lib.uploads import PICTURES, check_upload


class PortraitForm(forms.Form):
    photo = forms.FileField(
        label=_("Photograph"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("As for a pass: face and shoulders, plain background. It is cut to 3 × 4. Up to 10 MB."),
        error_messages={
            "required": _("Choose a picture first."),
            "empty": _("This file is empty. Choose the picture again."),
        },
    )

    def clean_photo(self) -> bytes:
        file: Any = self.cleaned_data["photo"]
        try:
            check_upload(file, PICTURES)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal.sentence)) from refusal
        return bytes(file.read())
