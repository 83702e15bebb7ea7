"""Files that show what is claimed: kept small, known again by their content, and gone with their claim."""

import logging
from collections.abc import Sequence
from datetime import datetime
from hashlib import file_digest
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.jobs.actions import KEPT
from accounts.people.models import User
from asn_lms.lib.later import later
from asn_lms.lib.refusals import NotYours, Refusal
from asn_lms.lib.uploads import LARGEST, PDF, PICTURES, check_upload
from courses.files.actions import plain_name
from courses.files.documents import count_pages
from courses.files.pictures import shrink
from enrollments.claims.models import Claim, Evidence, EvidenceArchive
from enrollments.claims.rules import may_mend

logger = logging.getLogger(__name__)
ALLOWED = PICTURES | {PDF}
CLEAR = "claims.clear"
# A certificate has two sides; a report of what was learned has a few pages.
MOST_FILES = 6


def locked_claim(claim: Claim) -> Claim:
    """The claim as it stands now, held until the transaction ends.

    Held first and read after: what is joined to a row that one waited for would come from before the wait.
    """
    Claim.objects.select_for_update(no_key=True).only("pk").get(pk=claim.pk)
    return Claim.objects.with_people().get(pk=claim.pk)


def looked_at(upload: Any) -> str:
    """The content type of what may be evidence. Refuses an empty file, one above 10 MB, and any other type, whatever its name."""
    try:
        return check_upload(upload, ALLOWED, largest=LARGEST)
    except Refusal as refusal:
        refusal.field = "evidence"
        raise


@transaction.atomic
def add_evidence(claim: Claim, uploads: Sequence[Any], *, by: User) -> list[Evidence]:
    """Keep the files with the claim, all or none; the same content twice is kept once. Pictures become small WebP without EXIF."""
    claim = locked_claim(claim)
    if not may_mend(by, claim):
        raise NotYours(_("Only its learner adds evidence to a claim."))
    if not claim.may_be_mended:
        raise Refusal(_("This claim is being checked or decided, and stands as it is."))
    known = {one.sha256: one for one in claim.evidence.all()}
    kept = []
    for upload in uploads:
        row = _made(upload, by)
        if row.sha256 not in known:
            if len(known) >= MOST_FILES:
                raise Refusal(
                    _("At most %(most)s files. Put pages into one PDF.") % {"most": MOST_FILES}, field="evidence"
                )
            row.claim = claim
            row.file.save(row.name, row.file.file, save=False)
            row.save()
            known[row.sha256] = row
        kept.append(known[row.sha256])
    return kept


def _made(upload: Any, by: User) -> Evidence:
    """The row with its content, not stored yet."""
    found = looked_at(upload)
    upload.seek(0)
    row = Evidence(sha256=file_digest(upload, "sha256").hexdigest(), content_type=found, sent_by=by)
    content: File[Any]
    try:
        if found in PICTURES:
            small = shrink(upload)
            row.content_type, content = "image/webp", ContentFile(small.data)
        else:
            row.pages = count_pages(upload)
            upload.seek(0)
            content = ContentFile(upload.read())
    except Refusal as refusal:
        refusal.field = "evidence"
        raise
    row.size = content.size
    row.name = plain_name(getattr(upload, "name", "") or "", row.content_type)
    row.file = content
    row.file.name = row.name
    return row


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: User) -> None:
    """Take one file away from a claim that may still be mended."""
    if evidence.claim is None:
        return
    claim = locked_claim(evidence.claim)
    if not may_mend(by, claim):
        raise NotYours(_("Only its learner takes evidence away."))
    if not claim.may_be_mended:
        raise Refusal(_("This claim is being checked or decided, and stands as it is."))
    Evidence.objects.filter(pk=evidence.pk).update(claim=None)
    later(CLEAR)


def let_go(claim: Claim) -> None:
    """Its files are to be removed: promised by rows without a claim, done after the commit."""
    if claim.evidence.update(claim=None):
        later(CLEAR)


def clear(now: datetime) -> int:
    """Remove the files of evidence that has no claim, and archives whose spreadsheet is no longer kept. Returns how many.

    The file goes first, the row after it: a kill in between leaves a row, and the next run finds the file gone already.
    """
    count = 0
    old = Q(job__finished_at__lt=now - KEPT)
    for rows in (Evidence.objects.left(), EvidenceArchive.objects.filter(old)):
        for pk in list(rows.values_list("pk", flat=True)[:500]):
            with transaction.atomic():
                row = rows.select_for_update(skip_locked=True, of=("self",), no_key=True).filter(pk=pk).first()
                if row is not None:
                    row.file.storage.delete(str(row.file.name))
                    row.delete()
                    count += 1
    return count
