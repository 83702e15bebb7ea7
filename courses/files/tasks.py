"""Celery doors of course files."""

from celery import shared_task

from courses.files import actions
from courses.files.models import MediaFile


@shared_task(name="files.convert_video")
def convert_video(media_id: int) -> None:
    actions.convert_video(MediaFile.objects.get(pk=media_id))
