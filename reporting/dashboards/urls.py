from django.urls import path

from reporting.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.national, name="national"),
    path("gelijke-kansen", views.equal_chances, name="fairness"),
    path("gemeenten", views.municipalities, name="municipalities"),
]
