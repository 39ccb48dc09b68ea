from django.urls import path

from reporting.api import views

app_name = "api"
urlpatterns = [
    path("api/v1/rapporten", views.ReportListView.as_view(), name="reports"),
    path("api/v1/rapporten/<uuid:rapport>", views.ReportView.as_view(), name="report"),
    path("api/v1/kerncijfers", views.FigureListView.as_view(), name="figures"),
    path("api/v1/gemeenten", views.MunicipalityListView.as_view(), name="municipalities"),
    path("api/v1/definities", views.DefinitionListView.as_view(), name="definitions"),
    path("api/v1/gezondheid", views.HealthView.as_view(), name="health"),
    path("api/v1/openapi.json", views.SchemaView.as_view(), name="openapi"),
]
