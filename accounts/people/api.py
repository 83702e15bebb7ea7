"""`POST /api/v1/people/imports`, `GET /api/v1/people/imports/{id}`: the same dry run and the same writing as the screens."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Router, Schema
from ninja.errors import HttpError
from ninja.files import UploadedFile
from ninja.responses import Status

from accounts.jobs.models import Job
from accounts.people import asking
from accounts.people.importing import CHECKS, KIND_OF, begin_check, begin_write

router = Router(tags=["people"])


class ImportOut(Schema):
    id: UUID
    # "check" tells what would happen; "write" has been confirmed
    step: str
    state: str
    done: int
    total: int
    created: int
    updated: int
    unchanged: int
    refused: int
    rows: list[dict[str, Any]]
    error: str
    # The job that writes, once the check is confirmed
    written_by: UUID | None


def _officer(request: HttpRequest) -> Any:
    user = asking.person(request)
    if not user.reach("officer"):
        raise HttpError(403, "Only training officers import people.")
    return user


def _shown(job: Job) -> dict[str, Any]:
    counts = {name: int(job.result.get(name, 0)) for name in ("created", "updated", "unchanged", "refused")}
    return {
        **counts,
        "id": job.uid,
        "step": "check" if job.task in CHECKS.values() else "write",
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "rows": job.result.get("shown", []),
        "error": job.error,
        "written_by": job.payload.get("write") or None,
    }


def _job(request: HttpRequest, uid: UUID) -> Job:
    return get_object_or_404(Job.objects.owned_by(_officer(request)).filter(task__in=KIND_OF), uid=uid)


@router.post("/people/imports", response={202: ImportOut}, summary="Check a file of people; nothing is written yet")
def begin(request: HttpRequest, file: File[UploadedFile]) -> Status[dict[str, Any]]:
    return Status(202, _shown(begin_check("people", file, by=_officer(request))))


@router.get("/people/imports/{uid}", response=ImportOut, summary="How far an import is, and its rows")
def one(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    return _shown(_job(request, uid))


@router.post("/people/imports/{uid}/confirm", response={202: ImportOut}, summary="Write the file that was checked")
def confirm(request: HttpRequest, uid: UUID) -> Status[dict[str, Any]]:
    job = _job(request, uid)
    if job.task not in CHECKS.values():
        raise HttpError(409, "This import is being written already.")
    return Status(202, _shown(begin_write(job, by=_officer(request))))
