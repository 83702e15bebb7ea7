"""/office/certificates/accreditations/"""

from django.urls import path

from courses.taxonomy import views

urlpatterns = [
    path("certificates/accreditations/", views.accreditations, name="office-accreditations"),
    path("certificates/accreditations/<int:pk>/end/", views.end, name="office-accreditation-end"),
]
