"""Contents: the background tasks of courses."""

from courses.files.tasks import convert_video
from courses.packages.tasks import bring_in, make_package
from courses.publishing.tasks import publish_due_versions

__all__ = ["bring_in", "convert_video", "make_package", "publish_due_versions"]
