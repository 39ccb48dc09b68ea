from tenants.accounts.models import User


def test_a_scope_reaches_the_people_of_its_municipality(in_purmerend):
    assert User.objects.count() == 3


def test_pages(client_for, purmerend, coordinator):
    assert client_for(purmerend, coordinator).get("/x").status_code == 404
