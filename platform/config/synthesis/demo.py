"""What somebody needs to look around in the demo: addresses, logins and a token, kept in a file for its owner only."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from config import environment
from config.synthesis.municipalities import FIFTY
from config.synthesis.practice import AREA as PRACTICE
from reporting.api.models import ApiToken
from reporting.api.services import api_token_create, token_digest
from tenants import context
from tenants.accounts.models import SystemActor, User
from tenants.municipalities.models import Municipality

SHOWN = FIFTY[:2]
TOKEN_DAYS = 365
OWNER_ONLY = 0o600
API_PATH = "api/v1/kerncijfers"


@dataclass(slots=True)
class Kept:
    """What the file keeps: nothing of it can be found again elsewhere."""

    password: str
    token: str = ""


def password_for_demo() -> str:
    """Return the password of every invented account: the one of the sign-in page in a demo, else one made once."""
    kept = _read()
    password = settings.DEMO_PASSWORD or (kept.password if kept else secrets.token_urlsafe(12))
    if kept is None or kept.password != password:
        _write(Kept(password))
    return password


def token_for_demo() -> str:
    """Return a token for the first municipality of the demo; a new one when the database does not know the old."""
    kept = _read() or Kept(password_for_demo())
    with context.releasing():
        if not ApiToken.objects.filter(digest=token_digest(kept.token), revoked_at=None).exists():
            municipality = Municipality.objects.get(slug=SHOWN[0].slug)
            kept.token = api_token_create(
                municipality=municipality, label="demo", days=TOKEN_DAYS, actor=SystemActor("demo")
            ).secret
    _write(kept)
    return kept.token


def explanation() -> str:
    """Return where everything is and who can sign in, in Dutch."""
    lines = ["", "Alle gegevens in deze demo zijn verzonnen: gezinnen, medewerkers en cijfers."]
    for area in (*SHOWN, PRACTICE):
        with context.registry():
            municipality = Municipality.objects.filter(slug=area.slug).first()
        if municipality:
            address = _address(f"{area.slug}.{settings.BASE_DOMAIN}", settings.PUBLIC_PORT)
            with context.municipality(municipality):
                lines += [
                    "",
                    f"{municipality.name}: {address}",
                    f"    {'aanmelden als gezin':<32}{address}aanmelden",
                ]
                lines += _logins()
    national = environment.number("NATIONAL_PORT", settings.PUBLIC_PORT)
    with context.foundation():
        lines += ["", f"Landelijk: {_address(settings.FOUNDATION_HOST, national)}", *_logins()]
    lines += [
        "",
        f"Wachtwoord van iedereen: {password_for_demo()}",
        "",
        f"De API, met de eigen cijfers van {SHOWN[0].name}:",
        f"    curl -H 'Authorization: Bearer {token_for_demo()}' {_address(settings.BASE_DOMAIN, national)}{API_PATH}",
        "",
        f"Wachtwoord en sleutel staan ook in {logins_file()}, alleen leesbaar voor u.",
        "",
    ]
    return "\n".join(lines)


def _logins() -> list[str]:
    """Return one person per role of the municipality, or of the foundation, in scope."""
    first: dict[str, User] = {}
    for user in User.objects.filter(is_active=True).order_by("role", "created_at", "email"):
        first.setdefault(user.role, user)
    return [f"    {user.role_label:<32}{user.email}" for user in first.values()]


def _address(host: str, port: int) -> str:
    scheme = "https" if settings.HTTPS else "http"
    return f"{scheme}://{host}/" if port in {80, 443} else f"{scheme}://{host}:{port}/"


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
