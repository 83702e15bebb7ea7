"""Giving a photograph, and taking it back. Only oneself may."""

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import ProtectedError

from accounts.audit.actions import record
from accounts.people.models import User
from accounts.portraits.models import Portrait
from accounts.portraits.picture import as_portrait


def give_portrait(person: User, content: bytes) -> Portrait:
    """The person's photograph from now on. Papers that are confirmed already keep the one that they were confirmed with.

    Refuses, beside `photo`, what is no picture or too small to print.
    """
    portrait = Portrait(person=person)
    portrait.file.save("portrait.jpg", ContentFile(as_portrait(content)), save=False)
    try:
        with transaction.atomic():
            _let_go(person)
            portrait.save()
            record("portrait.given", person, by=person)
    except BaseException:
        portrait.file.storage.delete(str(portrait.file.name))
        raise
    return portrait


@transaction.atomic
def take_portrait_back(person: User) -> bool:
    """No photograph any more; says whether there was one."""
    gone = _let_go(person)
    if gone:
        record("portrait.taken_back", person, by=person)
    return gone


def _let_go(person: User) -> bool:
    """Delete the present one with its file; one that stands on a paper only ceases to be the present one."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    # Locked, so that a paper which is just now being confirmed with it is found below.
    before = Portrait.objects.current().filter(person=person).select_for_update(no_key=True).first()
    if before is None:
        return False
    file = before.file
    try:
        with transaction.atomic():
            before.delete()
    except ProtectedError:
        before.is_current = False
        before.save(update_fields=["is_current"])
    else:
        transaction.on_commit(lambda: file.storage.delete(str(file.name)))
    return True
