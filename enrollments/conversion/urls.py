"""/office/jp/rules/"""

from django.urls import path

from enrollments.conversion import views

urlpatterns = [
    path("office/jp/rules/", views.rules, name="office-jp-rules"),
    path("office/jp/rules/new/", views.new_rule, name="office-jp-rule-new"),
    path("office/jp/targets/new/", views.new_target, name="office-jp-target-new"),
]
