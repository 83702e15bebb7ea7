"""/office/certificates/archive/"""

from django.urls import path

from enrollments.archives import views

urlpatterns = [
    path("office/certificates/archive/", views.archive, name="archive"),
]
