"""/office/certificates/accreditations/, /office/mobile-data/"""

from django.urls import path

from courses.taxonomy import views

urlpatterns = [
    path("certificates/accreditations/", views.accreditations, name="office-accreditations"),
    path("certificates/accreditations/<int:pk>/end/", views.end, name="office-accreditation-end"),
    path("mobile-data/", views.data_cost, name="office-mobile-data"),
]
