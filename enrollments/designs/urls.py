"""/office/certificates/designs/"""

from django.urls import path

from enrollments.designs import views

urlpatterns = [
    path("office/certificates/designs/", views.designs, name="office-designs"),
    path("office/certificates/designs/new/<int:agency_id>/<slug:kind>/", views.begin, name="office-design-begin"),
    path("office/certificates/designs/<int:pk>/", views.design, name="office-design"),
    path("office/certificates/designs/<int:pk>/discard/", views.discard, name="office-design-discard"),
    path("office/certificates/designs/<int:pk>/page-<int:side>.png", views.preview, name="office-design-preview"),
]
