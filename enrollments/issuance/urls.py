"""/office/certificates/{cohorts,issues}/"""

from django.urls import path

from enrollments.issuance import views

urlpatterns = [
    path("office/certificates/cohorts/<int:cohort_id>/issue/", views.issue, name="issue"),
    path("office/certificates/issues/<int:pk>/", views.queue, name="issuance"),
    path("office/certificates/issues/<int:pk>/again/", views.again, name="issuance-again"),
]
