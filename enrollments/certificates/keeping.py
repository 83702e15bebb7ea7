"""The paper as a file: whole or not at all."""

import os
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse

from enrollments.certificates.models import Certificate, certificate_file


def keep(certificate: Certificate, pdf: bytes) -> tuple[str, str]:
    """Store the paper and return (name, SHA-256). The name holds the fingerprint: two who made it at once never overwrite
    each other's, and the row that is committed says which one is it.

    Raises OSError when the disk is full or away; then nothing is left behind.
    """
    made = sha256(pdf).hexdigest()
    name = certificate_file(certificate, f"sertifikat-{made[:16]}.pdf")
    try:
        target = Path(default_storage.path(name))
    except NotImplementedError:  # an object store, which writes whole objects by itself
        default_storage.delete(name)
        default_storage.save(name, ContentFile(pdf))
    else:
        _write_whole(target, pdf)
    return name, made


def keep_only(certificate: Certificate) -> None:
    """Throw away what workers left beside the paper that stands: signed or half written when they were killed, and in no row.

    Only for a certificate whose file is settled: who writes another one now finds that out and deletes it.
    """
    own = Path(str(certificate.file))
    try:
        _folders, names = default_storage.listdir(str(own.parent))
    except FileNotFoundError:
        return
    for name in names:
        if name != own.name:
            default_storage.delete(str(own.parent / name))


def _write_whole(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{uuid4().hex}.part")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o640)
        os.replace(draft, target)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def paper_response(certificate: Certificate) -> FileResponse:
    """The paper as a download, named after its number."""
    name = "Sertifikat " + certificate.number.replace("/", "-") + ".pdf"
    return FileResponse(certificate.file.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
