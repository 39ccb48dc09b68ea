from django.urls import path

from tenants.municipalities import views

app_name = "municipalities"
urlpatterns = [path("beheer/schemas", views.schemas, name="schemas")]
