"""Pages of the VOG register: asked, received, seen, not presented."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from common.pages import attempt, page, show
from common.permissions import Permission
from core.families.action_pages import action_page, actor_of, file_page, sent
from core.families.forms import DayForm
from core.families.selectors import adult_for
from core.vog.forms import NothingForm, PolicyForm, RulesForm, SeenForm
from core.vog.models import RulesDocument
from core.vog.selectors import check_for, policies, policy_on, rules_of, term_on
from core.vog.services import (
    PolicyData,
    policy_set,
    rules_accept,
    vog_not_presented,
    vog_received,
    vog_request,
    vog_seen,
)


@page(Permission.EDIT_CASES)
def request_new(request: HttpRequest, public_id: UUID, adult_id: UUID) -> HttpResponse:
    """Write down that a VOG was asked for."""
    adult = adult_for(actor_of(request), adult_id)
    if adult.family_id != public_id:
        raise NotAllowed
    form = DayForm(sent(request), label=_("Aangevraagd op"))

    def run() -> None:
        vog_request(adult=adult, requested_on=form.cleaned_data["day"], actor=actor_of(request))

    words = file_page(
        adult.family,
        title=_("VOG aanvragen: %(name)s") % {"name": adult.full_name},
        lead=_("Zet de aanvraag klaar bij Justis. Vul hier in wanneer je dat hebt gedaan."),
        submit=_("Vastleggen dat de VOG is aangevraagd"),
        done=_("Vastgelegd dat de VOG is aangevraagd."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def received(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that the adult has received the VOG."""
    check = check_for(actor_of(request), public_id)
    form = DayForm(sent(request), label=_("Ontvangen op"))

    def run() -> None:
        vog_received(check=check, received_on=form.cleaned_data["day"], actor=actor_of(request))

    words = file_page(
        check.adult.family,
        title=_("VOG ontvangen: %(name)s") % {"name": check.adult.full_name},
        lead=_("De VOG is bij het gezin thuis aangekomen. Bekijk hem bij het volgende bezoek."),
        submit=_("Vastleggen dat de VOG is ontvangen"),
        done=_("Vastgelegd dat de VOG is ontvangen."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def seen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that the VOG was shown and is in order."""
    check = check_for(actor_of(request), public_id)
    form = SeenForm(sent(request))

    def run() -> None:
        clean = form.cleaned_data
        vog_seen(
            check=check,
            issued_on=clean["issued_on"],
            seen_on=clean["seen_on"],
            profile=clean["profile"],
            actor=actor_of(request),
        )

    words = file_page(
        check.adult.family,
        title=_("VOG gezien: %(name)s") % {"name": check.adult.full_name},
        lead=_(
            "Kijk of de VOG echt is en geef hem terug. Maak geen kopie: wij bewaren alleen dat je hem hebt gezien."
        ),
        submit=_("Vastleggen dat de VOG in orde is"),
        done=_("Vastgelegd dat de VOG is gezien."),
    )
    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def not_presented(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that no VOG was shown."""
    check = check_for(actor_of(request), public_id)
    form = NothingForm(sent(request))
    words = file_page(
        check.adult.family,
        title=_("VOG niet getoond: %(name)s") % {"name": check.adult.full_name},
        lead=_(
            "Wij leggen alleen vast dat er geen VOG is getoond. Vraag niet waarom en schrijf dat nergens op."
        ),
        submit=_("Vastleggen dat er geen VOG is getoond"),
        done=_("Vastgelegd dat er geen VOG is getoond."),
    )
    return action_page(request, words, form, lambda: vog_not_presented(check=check, actor=actor_of(request)))


@page(Permission.EDIT_CASES)
def rules(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that an adult agrees to the code of conduct and the house rules."""
    adult = adult_for(actor_of(request), public_id)
    states = rules_of([adult], policy_on(timezone.localdate()))[adult.pk]
    form = RulesForm(sent(request), states=states)
    words = file_page(
        adult.family,
        title=_("Gedragscode en huisregels: %(name)s") % {"name": adult.full_name},
        lead=_("Neem de tekst samen door. Wij leggen vast welke versie het was en wanneer.")
        if states
        else _("Er is nog geen versie vastgesteld. Dat doe je bij het beleid voor VOG en huisregels."),
        submit=_("Akkoord vastleggen"),
        done=_("Het akkoord is vastgelegd."),
    )

    def run() -> None:
        rules_accept(adult=adult, **form.cleaned_data, actor=actor_of(request))

    return action_page(request, words, form, run)


@page(Permission.EDIT_CASES)
def policy(request: HttpRequest) -> HttpResponse:
    """Show what this municipality asks, and decide something else."""
    now = policy_on(timezone.localdate())
    form = PolicyForm(
        sent(request),
        initial={
            "every_adult": now.every_adult,
            "profile": now.profile,
            "term_months": term_on(timezone.localdate()),
            "references_wanted": now.references_wanted,
            "conduct_version": now.versions.get(RulesDocument.CONDUCT, ""),
            "house_rules_version": now.versions.get(RulesDocument.HOUSE_RULES, ""),
        },
    )

    def run() -> str:
        clean = dict(form.cleaned_data)
        valid_from = clean.pop("valid_from")
        policy_set(data=PolicyData(**clean), valid_from=valid_from, actor=actor_of(request))
        return reverse("vog:policy")

    if form.is_bound and form.is_valid():
        done = attempt(request, form, run, done=_("Het beleid is vastgelegd."))
        if done:
            return done
    return show(request, "vog/policy.html", {"form": form, "policies": policies()}, form)
