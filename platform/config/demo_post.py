"""The mail of a demo: kept in files per municipality, and read on a page. Outside a demo neither is there."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.mail.backends import filebased
from django.http import HttpRequest, HttpResponse
from django.urls import path

from common.pages import public_page, show
from config.post import NothingFromPractice
from tenants.context import current_scope

SHOWN: Final = 50
_BETWEEN: Final = b"\n" + b"-" * 79 + b"\n"  # what Django writes after each message
app_name = "demo"


class EmailBackend(NothingFromPractice, filebased.EmailBackend):
    """Keeps mail in a folder of the schema that it was sent from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the folder of the scope."""
        super().__init__(*args, **kwargs | {"file_path": str(_folder())})


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as its receiver reads it."""

    to: str
    subject: str
    sent_at: datetime | None
    body: str


def mails() -> list[Mail]:
    """Return what was sent from the schema in scope, newest first."""
    files = sorted(_folder().glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    kept = [part for file in files[:SHOWN] for part in file.read_bytes().split(_BETWEEN)]
    return [_read(part) for part in kept if part.strip()]


@public_page(methods=("GET",))
def post(request: HttpRequest) -> HttpResponse:
    """Show the mail of this municipality."""
    return show(request, "demo/post.html", {"mails": mails()})


urlpatterns = [path("demo/post", post, name="post")]


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH) / current_scope().schema


def _read(kept: bytes) -> Mail:
    message = message_from_bytes(kept, EmailMessage, policy=policy.default)
    body = message.get_body(("plain",))
    sent_at: datetime | None = getattr(message["Date"], "datetime", None)
    if (
        sent_at is not None and sent_at.tzinfo is None
    ):  # "-0000": the time in Greenwich, from a place it keeps quiet
        sent_at = sent_at.replace(tzinfo=UTC)
    return Mail(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        sent_at=sent_at,
        body=body.get_content().strip() if body else "",
    )
