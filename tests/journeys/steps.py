"""What coordinators do again and again, in more than one story."""

from datetime import date, timedelta

from tests.journeys.visitor import Visitor

SCORES = ("Ouders ontlasten", "Ouders sterker maken", "Opvoedklimaat verbeteren", "Netwerk uitbreiden")


def find(coordinator: Visitor, where: str, name: str) -> None:
    """Look somebody up in a list and open the file."""
    coordinator.menu(where)
    coordinator.search(name)
    coordinator.follow(name)


def show_vog(coordinator: Visitor, name: str, today: date) -> None:
    """Ask for the VOG of somebody, and see it."""
    row = coordinator.page.locator(".naober-person").filter(has_text=name)
    coordinator.follow("VOG aanvragen", row)
    coordinator.press("Vastleggen dat de VOG is aangevraagd")
    coordinator.follow("VOG ontvangen", row)
    coordinator.press("Vastleggen dat de VOG is ontvangen")
    coordinator.follow("VOG gezien", row)
    coordinator.fill("Afgegeven op", str(today))
    coordinator.press("Vastleggen dat de VOG in orde is")
    assert "VOG in orde" in row.inner_text()


def hear_references(coordinator: Visitor, today: date) -> None:
    """Speak with two people who know the family."""
    for name in ("Juf Anneke", "Buurman Piet"):
        coordinator.follow("Referentie toevoegen")
        coordinator.fill("Naam", name)
        coordinator.fill("Gesproken op", str(today))
        coordinator.tick("Ja", within=coordinator.group("Is de referentie goed?"))
        coordinator.press("Referentie bewaren")


def agree(coordinator: Visitor, today: date) -> None:
    """Write down what both families agreed for the trial."""
    coordinator.choose("Wat voor steun", "een vast dagdeel per week")
    coordinator.choose("Hoe vaak", "elke week")
    # The grid says in the name of a part whom it suits.
    coordinator.page.get_by_role("checkbox", name="woensdagmiddag").check()
    coordinator.fill("Wie bellen bij nood", "Marieke, 06 12 34 56 78")
    coordinator.fill("En duurt tot", str(today + timedelta(days=42)))
    coordinator.press("Proefperiode starten")


def both_look_back(coordinator: Visitor) -> None:
    """Talk with each side apart; when both are heard the moment is over."""
    for side, goals in (("vraaggezin", "4535"), ("steungezin", "4444")):
        coordinator.follow(f"Gesprek {side} vastleggen")
        for name, score in zip(SCORES, goals, strict=True):
            coordinator.tick(score, within=coordinator.group(name))
        coordinator.choose("Rapportcijfer", "8")
        coordinator.tick("doorgaan")
        coordinator.fill("Kort verslag", f"Het {side} wil graag door.")
        coordinator.press("Gesprek opslaan")
    coordinator.sees("Het vraaggezin wil graag door.", "Het steungezin wil graag door.", "gehouden")


def raise_concern(coordinator: Visitor) -> None:
    """Note what was seen, ask advice, and see that it stays apart."""
    coordinator.follow("Zorg melden")
    coordinator.tick("het steungezin")
    coordinator.fill("Wat is er gezien of gezegd?", "Er was een blauwe plek op zijn arm.")
    coordinator.press("Zorg vastleggen")
    coordinator.sees("Overleg vandaag", "0800 2000", "blauwe plek")
    coordinator.follow("Deze stap vastleggen")
    coordinator.tick("Veilig Thuis (advies)")
    coordinator.fill("Wat is er gezegd?", "Praat eerst met de ouders.")
    coordinator.press("Stap vastleggen")
    coordinator.sees("Praat eerst met de ouders.", "Gesprek met de betrokkenen")
    coordinator.follow("Naar de gewone pagina")
    assert "blauwe plek" not in coordinator.page.locator("main").inner_text()


def end_with_care(coordinator: Visitor, today: date) -> None:
    """End a coupling: a talk with each side, what comes next for both, a rest for the volunteers."""
    coordinator.follow("Koppeling beëindigen")
    coordinator.choose("Reden", "doel bereikt", within=coordinator.group("Het einde"))
    coordinator.fill("Afsluitend gesprek met het vraaggezin", str(today))
    coordinator.fill("Afsluitend gesprek met het steungezin", str(today))
    coordinator.tick("Ja", "heeft geen steun meer nodig: sluit het dossier", "wil even rust")
    coordinator.fill("Even rust tot", str(today + timedelta(days=30)))
    coordinator.press("Koppeling beëindigen")
    coordinator.sees("De koppeling is beëindigd.", "Gaan zelf samen verder")


def begin_again(coordinator: Visitor) -> None:
    """Re-open a coupling that ended, with the reason."""
    coordinator.follow("Koppeling heropenen")
    coordinator.fill("Waarom begint deze koppeling weer?", "Het gezin mist de vaste ochtend.")
    coordinator.press("Heropenen")
    coordinator.sees("De koppeling loopt weer.", "Nu aan de beurt")


def hand_over(coordinator: Visitor, today: date) -> None:
    """Let a colleague take over for three weeks."""
    coordinator.menu("Overdracht")
    coordinator.follow("Werk overdragen")
    colleagues = coordinator.page.get_by_label("Wie neemt het over?")
    deputy = colleagues.locator("option", has_text="(vervanger)").first.inner_text()
    coordinator.choose("Wie neemt het over?", deputy.strip())
    coordinator.fill("Tot en met", str(today + timedelta(days=21)))
    coordinator.press("Overdragen")
    coordinator.sees("Daarna eindigen de rechten vanzelf.", "Wat komt er")
