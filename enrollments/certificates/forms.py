"""Shape of what comes in."""

import re
from typing import Any

from django import forms
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

LARGEST = 5 * 1024 * 1024
# The random id that is printed at the end of the address beside the QR code (models.public_id).
_CODE = re.compile(r"[0-9a-f]{32}")


class CodeForm(forms.Form):
    """The code of a certificate, alone or with the address in which it is printed; capitals and spaces do not matter."""

    code = forms.CharField(
        label=_("Code or address beside the QR code"),
        max_length=300,
        help_text=_("32 letters and digits, at the end of the address that is printed on the certificate."),
        error_messages={"required": _("Type the code that is printed beside the QR code.")},
    )

    def clean_code(self) -> str:
        found = _CODE.search("".join(str(self.cleaned_data["code"]).split()).lower())
        if found is None:
            raise forms.ValidationError(
                _("This is not such a code. Copy the 32 letters and digits at the end of the printed address.")
            )
        return found[0]


class CompareForm(forms.Form):
    """A certificate's file, to be compared with the one that was issued. It is read, never kept."""

    pdf = forms.FileField(
        label=_("Certificate file (PDF, up to 5 MB)"),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        error_messages={
            "required": _("Choose the PDF file of the certificate first."),
            "empty": _("This file is empty. Download the certificate again and choose that file."),
        },
    )

    def clean_pdf(self) -> File[Any]:
        file: File[Any] = self.cleaned_data["pdf"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("This file is larger than 5 MB, so it is none of our certificates."))
        return file
