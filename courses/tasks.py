"""Contents: the background tasks of courses."""

from courses.files.tasks import convert_video

__all__ = ["convert_video"]
