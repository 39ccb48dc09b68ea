"""What somebody needs to look around in the demo: addresses, logins and a token, kept in a file for its owner only."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from config.synthesis.municipalities import FIFTY
from config.synthesis.staff import foundation_staff, team_of
from reporting.api.services import api_token_create
from tenants import context
from tenants.accounts.models import SystemActor
from tenants.municipalities.models import Municipality

SHOWN = FIFTY[:2]
TOKEN_DAYS = 365
OWNER_ONLY = 0o600


@dataclass(slots=True)
class Kept:
    """What the file keeps: nothing of it can be found again elsewhere."""

    password: str
    token: str = ""


def password_for_demo() -> str:
    """Return the password of every invented account, made once: the one of the sign-in page in a demo."""
    kept = _read()
    if kept is None:
        kept = Kept(settings.DEMO_PASSWORD or secrets.token_urlsafe(12))
        _write(kept)
    return kept.password


def token_for_demo() -> str:
    """Return a token for the first municipality of the demo, made once."""
    kept = _read() or Kept(password_for_demo())
    if not kept.token:
        with context.releasing():
            municipality = Municipality.objects.get(slug=SHOWN[0].slug)
            kept.token = api_token_create(
                municipality=municipality, label="demo", days=TOKEN_DAYS, actor=SystemActor("demo")
            ).secret
        _write(kept)
    return kept.token


def explanation(*, seed: int) -> str:
    """Return where everything is and who can sign in, in Dutch."""
    scheme = "https" if settings.HTTPS else "http"
    port = "" if settings.PUBLIC_PORT in {80, 443} else f":{settings.PUBLIC_PORT}"
    base = settings.BASE_DOMAIN
    lines = ["", "Alle gegevens in deze demo zijn verzonnen: gezinnen, medewerkers en cijfers.", ""]
    for area in SHOWN:
        team = team_of(area, seed)
        lines += [
            f"{area.name}: {scheme}://{area.slug}.{base}{port}/",
            f"    coördinator          {team.coordinator.email}",
            f"    vervanger            {team.deputy.email}",
            f"    aandachtsfunctionaris {team.safeguarding_officer.email}",
            f"    aanmelden als gezin  {scheme}://{area.slug}.{base}{port}/aanmelden",
        ]
    lines += [
        f"Landelijk: {scheme}://landelijk.{base}{port}/",
        f"    medewerker stichting {foundation_staff(seed)[0].email}",
        "",
        f"Wachtwoord van iedereen: {password_for_demo()}",
        "",
        "De API (eigen cijfers van de eerste gemeente):",
        f"    curl -H 'Host: {base}' -H 'Authorization: Bearer {token_for_demo()}' {api_address(scheme, port)}",
        "",
        f"Dit alles staat ook in {logins_file()} (alleen leesbaar voor u).",
    ]
    return "\n".join(lines)


def api_address(scheme: str, port: str) -> str:
    """Return an address of the API that curl can find: it does not look up names below localhost."""
    return f"{scheme}://{settings.BASE_DOMAIN}{port}/api/v1/"


def logins_file() -> Path:
    """Return where passwords and token are kept."""
    return Path(settings.VAR) / "demo-logins"


def _read() -> Kept | None:
    try:
        return Kept(**json.loads(logins_file().read_text()))
    except FileNotFoundError:
        return None


def _write(kept: Kept) -> None:
    path = logins_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w") as file:
        json.dump(asdict(kept), file, indent=2)
    path.chmod(OWNER_ONLY)
