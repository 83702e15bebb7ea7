"""Units: /office/agencies/"""

from django.urls import path

from accounts.agencies import views

urlpatterns = [
    path("office/agencies/", views.agency_list, name="office-agencies"),
    path("office/agencies/options/", views.options, name="office-agency-options"),
    path("office/agencies/new/", views.new_agency, name="office-agency-new"),
    path("office/agencies/<int:agency_id>/", views.agency, name="office-agency"),
    path("office/agencies/<int:agency_id>/edit/", views.edit, name="office-agency-edit"),
    path("office/agencies/<int:agency_id>/move/", views.move, name="office-agency-move"),
    path("office/agencies/<int:agency_id>/close/", views.deactivate, name="office-agency-close"),
    path("office/agencies/<int:agency_id>/open/", views.reactivate, name="office-agency-open"),
]
