"""Long work: /jobs/"""

from django.urls import path

from accounts.jobs import views

urlpatterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<uuid:uid>/", views.job, name="job"),
    path("jobs/<uuid:uid>/file/", views.job_file, name="job-file"),
    path("jobs/<uuid:uid>/cancel/", views.cancel, name="job-cancel"),
    path("jobs/<uuid:uid>/retry/", views.retry, name="job-retry"),
]
