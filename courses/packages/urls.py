"""Addresses of course packages."""

from django.urls import path

from courses.packages import views

# /office/courses/
urlpatterns = [
    path("import/", views.import_course, name="course-import"),
    path("packages/<uuid:uid>/", views.job_page, name="course-package"),
    path("packages/<uuid:uid>/file/", views.download, name="course-package-file"),
    path("<slug:code>/export/", views.export_course, name="course-export"),
]
