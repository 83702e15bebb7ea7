"""The screens of the author's desk: courses, the outline, one lesson, and the preview."""
