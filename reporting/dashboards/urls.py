from django.urls import path

from reporting.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.national, name="national"),
    path("definities", views.definitions, name="definitions"),
    path("definities/<slug:measure>", views.definition, name="definition"),
    path("gelijke-kansen", views.equal_chances, name="fairness"),
    path("gemeenten", views.municipalities, name="municipalities"),
]
