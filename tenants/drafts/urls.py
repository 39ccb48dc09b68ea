"""Where the script of the drafts finds its key."""

from django.urls import path

from tenants.drafts import views

app_name = "drafts"

urlpatterns = [path("concept/sleutel", views.key, name="key")]
