"""/office/cohorts/"""

from django.urls import path

from enrollments.rosters import import_views, people_views, views

urlpatterns = [
    path("office/cohorts/", views.cohorts, name="office-cohorts"),
    path("office/cohorts/new/", views.new_cohort, name="office-cohort-new"),
    path("office/cohorts/<int:cohort_id>/", people_views.people, name="office-cohort"),
    path("office/cohorts/<int:cohort_id>/edit/", views.edit, name="office-cohort-edit"),
    path("office/cohorts/<int:cohort_id>/state/", views.state, name="office-cohort-state"),
    path("office/cohorts/<int:cohort_id>/trainers/", views.trainers, name="office-cohort-trainers"),
    path("office/cohorts/<int:cohort_id>/deadline/", views.deadline, name="office-cohort-deadline"),
    path("office/cohorts/<int:cohort_id>/add/", people_views.add, name="office-cohort-add"),
    path("office/cohorts/<int:cohort_id>/change/", people_views.change, name="office-cohort-change"),
    path("office/cohorts/<int:cohort_id>/import/", import_views.upload, name="office-cohort-import"),
    path("office/cohorts/<int:cohort_id>/import/<uuid:uid>/", import_views.review, name="office-cohort-review"),
    path(
        "office/cohorts/<int:cohort_id>/import/<uuid:uid>/confirm/",
        import_views.confirm,
        name="office-cohort-confirm",
    ),
    path("office/cohorts/places/<int:enrollment_id>/", people_views.place, name="office-place"),
    path(
        "office/cohorts/places/<int:enrollment_id>/reschedule/",
        people_views.reschedule_one,
        name="office-place-deadline",
    ),
    path(
        "office/cohorts/places/<int:enrollment_id>/withdraw/", people_views.withdraw_one, name="office-place-withdraw"
    ),
    path("office/cohorts/places/<int:enrollment_id>/attempts/", people_views.attempts, name="office-place-attempts"),
]
