"""The practice municipality: invented people who are always the same, and who count nowhere."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections
from django.test import override_settings
from django.utils import timezone
from psycopg import sql

from common.errors import InvalidInput
from common.permissions import Role
from config.synthesis.filling import practice_make
from config.synthesis.practice import practice_script, practice_write
from core.couplings.models import Coupling
from core.couplings.workflow import CouplingStatus
from core.families.models import ContactNote, RequestingFamily, SupportFamily
from core.families.workflow import RequestingStatus, SupportStatus
from core.learning.models import KeptMail, PracticeReset, TourProgress
from core.learning.services import practice_empty, practice_reset_ask, practice_reset_do, tour_walk
from core.learning.tour import LAST, STEPS
from core.ledger.models import LedgerEntry
from core.matching.models import MatchProposal
from core.matching.workflow import ProposalStatus
from core.safeguarding.models import Concern
from core.vog.models import ConductCertificateCheck
from reporting.api.services import api_token_create
from reporting.dashboards.selectors import municipalities_by_phase
from reporting.disclosure.services import release_make
from reporting.extract.jobs import recompute, recount
from reporting.extract.rebuild import rebuild_totals
from reporting.extract.services import NoMunicipality, municipality_recompute
from reporting.facts.models import Fact
from tenants import context
from tenants.accounts.models import AccountTie, SystemActor, User
from tenants.accounts.services import user_create
from tenants.database import catalogue, names, roles
from tenants.municipalities.likeness import schema_check
from tenants.municipalities.models import Kind, Likeness, Municipality, OutboxEntry
from tenants.municipalities.selectors import counted_municipalities, live_municipalities
from tests.conftest import PASSWORD, TESTS

Everything = dict[str, list[str]]
# Told apart on purpose from run to run: when it was written, and who asked.
NOT_CONTENT = {"created_at", "at", "made_at", "recorded_at", "kept_at", "occurred_at"}


def everything() -> Everything:
    """Return what every table of the municipality in scope holds, moments of writing left out."""
    found = {}
    for app in apps.get_app_configs():
        if app.name not in settings.SCHEMA_APPS["municipality"] or app.label in {
            "sessions",
            "accounts",
            "learning",
        }:
            continue
        for model in app.get_models(include_auto_created=True):
            if not model._meta.managed:
                continue
            columns = [
                field.attname for field in model._meta.concrete_fields if field.attname not in NOT_CONTENT
            ]
            rows = model._base_manager.values_list(*columns)
            found[model._meta.label] = sorted(map(repr, rows))
    return found


# ---------------------------------------------------------------------------------------------------------- the people


def test_somebody_stands_at_every_step_of_the_work(practice: Municipality) -> None:
    with context.municipality(practice):
        asking = set(RequestingFamily.objects.values_list("status", flat=True))
        offering = set(SupportFamily.objects.values_list("status", flat=True))
        proposed = set(MatchProposal.objects.values_list("status", flat=True))
        coupled = set(Coupling.objects.values_list("status", flat=True))
        certificates = set(ConductCertificateCheck.objects.values_list("status", flat=True))
        concerns = Concern.objects.count()
    assert asking == set(RequestingStatus) - {RequestingStatus.MERGED}
    assert offering >= {
        SupportStatus.REGISTERED,
        SupportStatus.CONTACTED,
        SupportStatus.SCREENING,
        SupportStatus.AVAILABLE,
        SupportStatus.PAUSED,
    }
    assert proposed >= {
        ProposalStatus.DRAFT,
        ProposalStatus.SUPPORT_ASKED,
        ProposalStatus.PARENTS_ASKED,
        ProposalStatus.ACCEPTED,
        ProposalStatus.INTRODUCED,
        ProposalStatus.DECLINED_BY_PARENTS,
    }
    assert coupled == set(CouplingStatus) - {CouplingStatus.NOT_CONTINUED}
    assert certificates >= {"requested", "seen"}
    assert concerns == 1


def test_days_are_counted_from_today_whatever_day_that_is() -> None:
    def told(day: date) -> list[tuple[int, ...]]:
        script = practice_script(day)
        return [((day - asking.registered_on).days, len(asking.births)) for asking in script.askings]

    assert told(date(2026, 2, 28)) == told(date(2027, 7, 1))


@pytest.mark.parametrize("day", [date(2026, 12, 25), date(2027, 2, 28), date(2028, 2, 29), date(2027, 5, 16)])
def test_the_people_can_be_made_on_any_day(
    practice: Municipality, day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: day)
    with context.municipality(practice):
        practice_empty()
        assert practice_write() > 500
        assert RequestingFamily.objects.filter(status="registered").count() == 2


def test_the_command_makes_it_once(practice: Municipality) -> None:
    said = StringIO()
    call_command("practice_municipality", "--slug", practice.slug, stdout=said)
    assert "niets veranderd" in said.getvalue()
    with pytest.raises(CommandError, match="echte gemeente"):
        call_command("practice_municipality", "--slug", "purmerend")


# ------------------------------------------------------------------------------------------------------ starting again


def test_starting_again_leaves_exactly_what_was_there_at_first(
    practice: Municipality, trainee: User, client_for: Any, run_outbox: Any
) -> None:
    client = client_for(practice, trainee)
    with context.municipality(practice):
        practice_empty()
        practice_write()
        first = everything()
        tour_walk(step=3, actor=trainee)
        family = RequestingFamily.objects.filter(status=RequestingStatus.REGISTERED).first()
        assert family is not None
        address = f"/vraaggezinnen/{family.pk}/gebeld"
    day = timezone.localdate()
    sent = {
        "happened_on_0": day.day,
        "happened_on_1": day.month,
        "happened_on_2": day.year,
        "text": "Gebeld.",
    }
    client.post(address, sent)
    client.post("/aanmelden/vraaggezin", {})
    with context.municipality(practice):
        ContactNote.objects.create(
            requesting_family=RequestingFamily.objects.first(),
            kind="note",
            happened_on=day,
            text="Door wie oefent",
            author_name="Oefenaar",
        )
        assert everything() != first
    assert client.get("/oefenen/opnieuw").status_code == 200
    assert client.post("/oefenen/opnieuw").status_code == 302
    assert "Alles wordt opnieuw gemaakt" in client.get("/oefenen").content.decode()
    run_outbox()
    with context.municipality(practice):
        again = everything()
        assert PracticeReset.objects.get().status == "done"
        assert TourProgress.objects.get().step == 3
    # What starting again says of itself is the one thing that is new.
    for label in ("audit.Transition", "audit.AuditEntry"):
        again[label] = [row for row in again[label] if "learning.practicereset" not in row]
    differs = {label for label, rows in first.items() if len(rows) != len(again[label])}
    assert differs == set()
    assert again["families.RequestingFamily"] == first["families.RequestingFamily"]
    assert again["couplings.Coupling"] == first["couplings.Coupling"]
    assert again["guidance.GuidanceMoment"] == first["guidance.GuidanceMoment"]
    # Whoever was signed in still is.
    assert client.get("/oefenen").status_code == 200


def test_asking_twice_starts_again_once(
    practice: Municipality, trainee: User, client_for: Any, run_outbox: Any
) -> None:
    client = client_for(practice, trainee)
    for _time in range(2):
        client.post("/oefenen/opnieuw")
    with context.municipality(practice):
        assert PracticeReset.objects.count() == 1
        assert OutboxEntry.objects.filter(job="config.jobs.practice_refill").count() == 1
    run_outbox()
    with context.municipality(practice):
        made = PracticeReset.objects.get()
        rows = LedgerEntry.objects.count()
        # A message that comes twice finds it done.
        practice_reset_do(reset_id=made.pk, write=lambda _done: pytest.fail("a second time"))
        assert LedgerEntry.objects.count() == rows


def test_a_failure_leaves_everything_as_it_was(practice: Municipality, trainee: User) -> None:
    with context.municipality(practice):
        made = practice_reset_ask(actor=trainee).pk
    with pytest.raises(ZeroDivisionError), context.municipality(practice):
        practice_reset_do(reset_id=made, write=lambda _done: 1 // 0)
    with context.municipality(practice):
        assert RequestingFamily.objects.count() == 16


def test_a_municipality_with_real_people_cannot_be_emptied(
    purmerend: Municipality, coordinator: User, client_for: Any
) -> None:
    client = client_for(purmerend, coordinator)
    for address in ("/oefenen", "/oefenen/opnieuw", "/oefenen/post"):
        assert client.get(address).status_code == 404
    assert client.post("/oefenen/opnieuw").status_code == 404
    assert client.post("/oefenen/rondleiding", {"step": "1"}).status_code == 404
    # Whatever the method: a wrong one would tell that there is something.
    assert client.post("/oefenen").status_code == client.get("/oefenen/rondleiding").status_code == 404


def test_there_the_database_itself_refuses(purmerend: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    # The twin: with the rule of the service gone, PostgreSQL still says no.
    monkeypatch.setattr("core.learning.services.practice_in_scope", lambda: True)
    with pytest.raises(DatabaseError, match="permission denied"), context.municipality(purmerend):
        practice_empty()


def test_a_reader_sees_who_is_there_but_may_not_start_again(practice: Municipality, client_for: Any) -> None:
    with context.municipality(practice):
        reader = user_create(
            email="lezer@voorbeeld.example",
            full_name="Lezer",
            role=Role.SAFEGUARDING_OFFICER,
            password=PASSWORD,
            actor=TESTS,
        )
    client = client_for(practice, reader)
    page = client.get("/oefenen")
    assert page.status_code == 200
    assert "/oefenen/opnieuw" not in page.content.decode()
    assert client.post("/oefenen/opnieuw").status_code == 404


# ------------------------------------------------------------------------------------------------------- never counted


def test_it_counts_nowhere(practice: Municipality) -> None:
    assert practice.kind == Kind.PRACTICE
    with context.dispatching():
        assert practice in live_municipalities()
        assert practice not in counted_municipalities()
    rebuild_totals()
    with context.releasing():
        release_make()
        assert not Fact.objects.filter(municipality=practice.pk).exists()
    with override_settings(ROOT_URLCONF="config.urls_foundation"), context.foundation():
        shown = municipalities_by_phase()
        assert all(entry.name != practice.name for group in shown.groups for entry in group.entries)
    with context.releasing(), pytest.raises(InvalidInput) as refused:
        api_token_create(municipality=practice, label="proef", days=3, actor=SystemActor("tests"))
    assert "oefengemeente" in str(refused.value.fields["municipality"])


def test_an_event_there_asks_for_nothing_to_be_counted(practice: Municipality, run_outbox: Any) -> None:
    with context.aggregation(practice):
        recompute(year="2026")
        recount()
    # The concern among the invented people asked for it, and got nothing: no release, and nothing in the vault.
    assert run_outbox() == 1
    with context.releasing():
        assert not Fact.objects.exists()
    with context.aggregation(practice), pytest.raises(NoMunicipality):
        municipality_recompute(from_year=2020)


def test_who_counts_cannot_read_it_at_all(practice: Municipality, purmerend: Municipality) -> None:
    with context.aggregation(purmerend), connections["aggregator"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM report_totals")
    with (
        pytest.raises(DatabaseError, match="permission denied for schema"),
        context.aggregation(practice),
        connections["aggregator"].cursor() as cursor,
    ):
        cursor.execute(
            sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(practice.schema_name, "report_totals"))
        )


def test_its_schema_is_what_the_template_is_but_for_those_rights(practice: Municipality) -> None:
    with context.owning_registry():
        differing = catalogue.differences(practice.schema_name, names.TEMPLATE)
        assert {sort for sort, _name, _how in differing} == {"grants"}
        assert catalogue.differences(practice.schema_name, names.TEMPLATE, practice=True) == []
    with context.aggregation(practice):
        assert schema_check(Municipality.objects.get(pk=practice.pk)).state == Likeness.EQUAL
    with context.owning_registry():
        # Giving all rights again, as a new version does, ends at the same.
        roles.grant_municipality(practice.schema_name)
        roles.set_apart(practice.schema_name)
        assert catalogue.differences(practice.schema_name, names.TEMPLATE) == differing


def test_what_is_invented_and_what_is_real_never_stand_in_one_list(
    practice: Municipality, trainee: User, purmerend: Municipality, coordinator: User, client_for: Any
) -> None:
    with context.municipality(practice):
        AccountTie.objects.create(user_id=trainee.pk, place_id=purmerend.pk, other_user_id=coordinator.pk)
    with context.municipality(purmerend):
        AccountTie.objects.create(user_id=coordinator.pk, place_id=practice.pk, other_user_id=trainee.pk)
        RequestingFamily.objects.create(
            name="Echtwaar",
            municipality_code="GM0439",
            registered_on=timezone.localdate() - timedelta(days=3),
        )
    real = client_for(purmerend, coordinator).get("/").content.decode()
    assert "Echtwaar" in real
    assert practice.name not in real
    invented = client_for(practice, trainee).get("/").content.decode()
    assert "Echtwaar" not in invented
    assert "Purmerend" not in invented


# --------------------------------------------------------------------------------------------------- banner and mail


def test_every_page_says_that_all_of_it_is_invented(
    practice: Municipality, trainee: User, client_for: Any
) -> None:
    banner = "Oefengemeente: alles hier is verzonnen"
    client = client_for(practice, trainee)
    for address in ("/", "/vraaggezinnen", "/oefenen", "/hulp", "/hulp/begrippen", "/koppelingen", "/zorgen"):
        assert banner in client.get(address).content.decode(), address
    visitor = client_for(practice)
    for address in ("/aanmelden", "/aanmelden/vraaggezin", "/inloggen", "/privacy"):
        assert banner in visitor.get(address).content.decode(), address


def test_other_municipalities_do_not_say_so(
    purmerend: Municipality, coordinator: User, client_for: Any
) -> None:
    assert "alles hier is verzonnen" not in client_for(purmerend, coordinator).get("/").content.decode()


def test_mail_from_there_is_kept_and_not_sent(
    practice: Municipality,
    trainee: User,
    purmerend: Municipality,
    client_for: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[EmailMessage] = []

    def keep(_backend: object, mails: list[EmailMessage]) -> int:
        sent.extend(mails)
        return len(mails)

    monkeypatch.setattr(
        "django.core.mail.backends.smtp.EmailBackend.send_messages",
        keep,
    )
    backend = get_connection("config.post.EmailBackend")
    mail = EmailMessage("Wij hebben uw bericht ontvangen", "Dag,", to=["ouder@example.org"])
    with context.municipality(practice):
        assert backend.send_messages([mail]) == 1
        assert KeptMail.objects.get().recipients == "ouder@example.org"
    assert sent == []
    page = client_for(practice, trainee).get("/oefenen/post").content.decode()
    assert "Wij hebben uw bericht ontvangen" in page
    with context.municipality(purmerend):
        backend.send_messages([mail])
        assert not KeptMail.objects.exists()
    assert sent == [mail]


# ------------------------------------------------------------------------------------------------------------ the tour


def test_the_tour_walks_through_the_real_pages(
    practice: Municipality, trainee: User, client_for: Any
) -> None:
    client = client_for(practice, trainee)
    assert "Begin de rondleiding" in client.get("/hulp").content.decode()
    seen = []
    for number in range(1, LAST + 1):
        answer = client.post("/oefenen/rondleiding", {"step": number})
        assert answer.status_code == 302
        page = client.get(answer.url)
        assert page.status_code == 200, answer.url
        assert f"Stap {number} van {LAST}: {STEPS[number - 1].title}" in page.content.decode()
        seen.append(answer.url)
    assert len(set(seen)) == LAST
    assert "Naar de pagina van deze stap" in client.get("/koppelingen").content.decode()


def test_the_tour_may_be_stopped_taken_up_and_done_again(
    practice: Municipality, trainee: User, client_for: Any
) -> None:
    client = client_for(practice, trainee)
    client.post("/oefenen/rondleiding", {"step": "4"})
    client.post("/oefenen/rondleiding", {"stop": "now"})
    assert "naober-tour" not in client.get("/").content.decode()
    assert "Verder met stap 4" in client.get("/hulp").content.decode()
    client.post("/oefenen/rondleiding")
    assert "Stap 4 van" in client.get("/").content.decode()
    client.post("/oefenen/rondleiding", {"stop": "end"})
    page = client.get("/hulp").content.decode()
    assert "Begin de rondleiding" in page
    assert "Je deed de rondleiding op" in page
    assert client.post("/oefenen/rondleiding", {"step": str(LAST + 1)}).status_code == 400


@pytest.mark.parametrize(
    "sent", [{"step": "nul"}, {"step": "-1"}, {"step": "9" * 400}, {"step": "\x00"}, {"stop": "ooit"}]
)
def test_a_strange_step_is_refused_with_a_page(
    practice: Municipality, trainee: User, client_for: Any, sent: dict[str, str]
) -> None:
    answer = client_for(practice, trainee).post("/oefenen/rondleiding", sent)
    assert answer.status_code == 400
    assert "<main" in answer.content.decode()


def test_where_somebody_is_belongs_to_that_person(
    practice: Municipality, trainee: User, client_for: Any
) -> None:
    with context.municipality(practice):
        other = user_create(
            email="ander@voorbeeld.example",
            full_name="Ander",
            role=Role.DEPUTY,
            password=PASSWORD,
            actor=TESTS,
        )
        tour_walk(step=5, actor=trainee)
    assert "naober-tour" not in client_for(practice, other).get("/").content.decode()


def test_a_step_whose_example_was_moved_on_shows_the_list(
    practice: Municipality, trainee: User, client_for: Any
) -> None:
    with context.municipality(practice):
        MatchProposal.objects.filter(status=ProposalStatus.SUPPORT_ASKED).update(
            status=ProposalStatus.WITHDRAWN
        )
    assert client_for(practice, trainee).post("/oefenen/rondleiding", {"step": "6"}).url == "/voorstellen"


def test_help_elsewhere_points_to_where_one_can_practise(
    practice: Municipality, purmerend: Municipality, coordinator: User, trainee: User, client_for: Any
) -> None:
    client = client_for(purmerend, coordinator)
    assert "Account verbinden" in client.get("/hulp").content.decode()
    with context.municipality(purmerend):
        AccountTie.objects.create(user_id=coordinator.pk, place_id=practice.pk, other_user_id=trainee.pk)
    assert f"naar={practice.slug}" in client.get("/hulp").content.decode()


def test_in_a_demo_the_coordinators_that_are_shown_can_walk_in(
    practice: Municipality, purmerend: Municipality, coordinator: User
) -> None:
    for _time in range(2):
        practice_make(slug=practice.slug, password=PASSWORD)
    with context.municipality(purmerend):
        tie = AccountTie.objects.get(user_id=coordinator.pk)
    with context.municipality(practice):
        other = User.objects.get(email=coordinator.email)
        assert (tie.place_id, tie.other_user_id) == (practice.pk, other.pk)
        assert AccountTie.objects.get(place_id=purmerend.pk).other_user_id == coordinator.pk
