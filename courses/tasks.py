"""Contents: the background tasks of courses."""

from courses.files.tasks import convert_video
from courses.publishing.tasks import publish_due_versions

__all__ = ["convert_video", "publish_due_versions"]
