"""Mails about the account itself: a reset link, a changed password. They are rows like every mail, but never in the inbox."""

from accounts.notices.models import Notice
from asn_lms.lib.later import later


def post_mail(*, person_id: int, about: str, to: str, subject: str, text: str) -> Notice:
    """Promise this mail to that address. Its text holds secrets, so it is wiped from the row once it is sent."""
    notice = Notice.objects.create(
        person_id=person_id,
        kind=Notice.ACCOUNT,
        about=about,
        title=" ".join(subject.split())[:200],
        data={"to": to, "text": text},
        mail_state=Notice.Mail.DUE,
    )
    later("notices.send", notice.pk)
    return notice
