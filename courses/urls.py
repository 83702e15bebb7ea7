"""Contents: the addresses of courses."""

from django.urls import URLPattern, URLResolver

from courses.files import urls as files

urlpatterns: list[URLPattern | URLResolver] = [*files.urlpatterns]
