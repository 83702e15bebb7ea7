"""People: /office/people/ · imports: /office/imports/"""

from django.urls import path

from accounts.people import import_views, views

urlpatterns = [
    path("office/people/", views.people, name="office-people"),
    path("office/people/new/", views.new_person, name="office-person-new"),
    path("office/people/<int:person_id>/", views.person, name="office-person"),
    path("office/people/<int:person_id>/edit/", views.edit, name="office-person-edit"),
    path("office/people/<int:person_id>/number/", views.number, name="office-person-number"),
    path("office/people/<int:person_id>/transfer/", views.transfer, name="office-person-transfer"),
    path("office/people/<int:person_id>/deactivate/", views.deactivate, name="office-person-deactivate"),
    path("office/people/<int:person_id>/reactivate/", views.reactivate, name="office-person-reactivate"),
    path("office/imports/", import_views.imports, name="office-imports"),
    path("office/imports/blank/<slug:kind>/", import_views.blank_sheet, name="office-import-blank"),
    path("office/imports/<uuid:uid>/", import_views.one_import, name="office-import"),
    path("office/imports/<uuid:uid>/confirm/", import_views.confirm, name="office-import-confirm"),
]
