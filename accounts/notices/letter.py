"""A notice as a mail: text and HTML, in the person's language."""

from email.utils import formataddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import select_template
from django.utils import translation

from accounts.notices.models import Notice


def write_letter(notice: Notice, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The mail of this notice. Its Message-ID is the notice's own: however often it goes out, it is one message.

    A kind may bring `mail/<kind>.html` and `.txt` (dots as underscores); otherwise `mail/notice` is used.
    """
    person = notice.person
    if notice.is_about_account:
        return _account_letter(notice, connection)
    name = notice.kind.replace(".", "_")
    with translation.override(person.language):
        context: dict[str, Any] = {
            "subject": notice.title,
            "title": notice.title,
            "body": notice.body,
            "preview": notice.body[:140],
            "link": settings.SITE_URL + notice.link if notice.link else "",
            "verb": notice.data.get("verb", ""),
            "site": settings.SITE_URL,
            "person": person,
            "data": notice.data,
            "demo": person.is_demo,
        }
        text = select_template([f"mail/{name}.txt", "mail/notice.txt"]).render(context)
        html = select_template([f"mail/{name}.html", "mail/notice.html"]).render(context)
    letter = EmailMultiAlternatives(
        subject=" ".join(notice.title.split()),
        body=text.strip() + "\n",
        to=[formataddr((" ".join(person.full_name.split()), person.email))],
        connection=connection,
        headers={"Message-ID": message_id(notice), "Auto-Submitted": "auto-generated"},
    )
    letter.attach_alternative(html, "text/html")
    return letter


def _account_letter(notice: Notice, connection: BaseEmailBackend | None) -> EmailMultiAlternatives:
    """allauth wrote the text, with its secret link; it goes to the address that was asked for, not always the person's."""
    return EmailMultiAlternatives(
        subject=notice.title,
        body=notice.data["text"],
        to=[notice.data["to"]],
        connection=connection,
        headers={"Message-ID": message_id(notice), "Auto-Submitted": "auto-generated"},
    )


def message_id(notice: Notice) -> str:
    return f"<{notice.message_id}@{urlsplit(settings.SITE_URL).hostname}>"
