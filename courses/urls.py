"""Contents: the addresses of courses."""

from django.urls import URLPattern, URLResolver, include, path

from courses.authoring import urls as authoring
from courses.files import urls as files
from courses.packages import urls as packages
from courses.publishing import urls as publishing
from courses.taxonomy import urls as taxonomy

urlpatterns: list[URLPattern | URLResolver] = [
    *files.urlpatterns,
    path("office/", include([*publishing.urlpatterns, *taxonomy.urlpatterns])),
    path("office/courses/", include([*packages.urlpatterns, *authoring.urlpatterns])),
]
