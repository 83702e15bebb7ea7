"""Mail as files, for a machine without a mail server: one `.eml` a mail, written whole or not at all."""

import os
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmlFileBackend(BaseEmailBackend):
    """Writes each message to `EMAIL_FILE_PATH/<uuid>.eml`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = uuid4().hex
            draft = folder / f".{name}.part"
            with draft.open("wb") as file:
                file.write(message.message().as_bytes())
                file.flush()
                os.fsync(file.fileno())
            draft.rename(folder / f"{name}.eml")
        return len(email_messages)
