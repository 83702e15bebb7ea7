"""Reports of one's own: /reports/own/"""

from django.urls import path

from enrollments.builder import views

urlpatterns = [
    path("reports/own/", views.builder, name="report-builder"),
    path("reports/own/file/", views.builder_file, name="report-builder-file"),
    path("reports/own/<int:pk>/remove/", views.builder_remove, name="report-builder-remove"),
]
