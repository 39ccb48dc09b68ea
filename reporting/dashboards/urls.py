from django.urls import path

from reporting.dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.national, name="national"),
    path("gemeenten", views.municipalities, name="municipalities"),
]
