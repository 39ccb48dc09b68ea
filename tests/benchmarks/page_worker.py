"""One web process of `bench_tenancy`: answers pages in-process, as gunicorn asks for them, and says how long it took.

The whole chain of middleware is in it; the network is not.
"""

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "platform"))
django.setup()

from config import urls_municipality, wsgi  # noqa: E402  (after django.setup)
from core.families.models import RequestingFamily  # noqa: E402
from tenants import context  # noqa: E402
from tenants.accounts.models import User  # noqa: E402
from tenants.accounts.sessions import SessionStore  # noqa: E402
from tenants.municipalities.models import Municipality  # noqa: E402
from tests.benchmarks import frame, variants  # noqa: E402

SLUG = os.environ.get("BENCH_SLUG", "")
HOST = f"{SLUG}.{settings.BASE_DOMAIN}"
BARE = "/proef/een-vraag"
VARIANT = os.environ.get("BENCH_VARIANT", "naober")


def one_query(request: HttpRequest) -> HttpResponse:
    """Answer with one query and hardly anything else: what tenancy costs shows best here."""
    del request
    waiting = RequestingFamily.objects.filter(status="waiting").order_by("registered_on")[:1]
    return HttpResponse("".join(str(family.pk) for family in waiting), content_type="text/plain")


@dataclass(slots=True)
class Worker:
    """The two chains: all of the product's middleware, and for the bare page only that of tenancy."""

    whole: Any
    bare: Any
    cookie: str = ""

    def ask(self, address: str) -> bytes:
        """Answer one request, as gunicorn asks it."""
        status: list[str] = []

        def start(line: str, _headers: Iterable[tuple[str, str]], _error: Any = None) -> Callable[..., Any]:
            status.append(line)
            return lambda _data: None

        chain = self.bare if address == BARE else self.whole
        answer = chain(self._environ(address), start)
        body = b"".join(answer)
        answer.close()
        if not status[0].startswith("200"):
            message = f"{VARIANT}: {address} answered {status[0]}"
            raise RuntimeError(message)
        return body

    def signed_in_as(self, key: str = "") -> str:
        """Take over the session of another process, or tell which one this has."""
        self.cookie = key or self.cookie
        return self.cookie

    def seconds(self, address: str, times: int) -> float:
        """Return what one request takes, the one in the middle of some in a row."""
        return frame.timed(lambda: self.ask(address), times)

    def queries(self, address: str) -> list[tuple[str, Any]]:
        """Return the statements of a page with their values; not what begins and ends the transaction."""
        found: list[tuple[str, Any]] = []

        def note(execute: Callable[..., Any], statement: str, values: Any, many: bool, about: Any) -> Any:
            found.append((statement, values))
            return execute(statement, values, many, about)

        with connections["default"].execute_wrapper(note):
            self.ask(address)
        return [(text, values) for text, values in found if not text.startswith(("SAVEPOINT", "RELEASE"))]

    def against_raw(self, address: str, rounds: int, times: int) -> list[tuple[float, float]]:
        """Return the seconds of a page and of its SQL by hand over the same connection, in turns."""
        queries = self.queries(address)
        begin = self._begin()
        raw: Any = connection.connection

        def by_hand() -> None:
            with raw.cursor() as cursor:
                cursor.execute(begin)
                for statement, values in queries:
                    cursor.execute(statement, values)
                    if cursor.description:
                        cursor.fetchall()
                cursor.execute("COMMIT")

        by_hand()
        return [(self.seconds(address, times), frame.timed(by_hand, times)) for _ in range(rounds)]

    def _begin(self) -> str:
        with context.registry():
            municipality = Municipality.objects.get(slug=SLUG)
        role = context.municipality_role(municipality.schema_name)
        return (
            f'BEGIN; SET LOCAL search_path TO "{municipality.schema_name}", public; SET LOCAL ROLE "{role}"'
        )

    def _environ(self, address: str) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": address,
            "QUERY_STRING": "",
            "SERVER_NAME": HOST,
            "SERVER_PORT": "80",
            "HTTP_HOST": HOST,
            "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={self.cookie}",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }


def sign_in() -> str:
    """Make a session of the coordinator and return its key."""
    with _in_the_municipality():
        user = User.objects.filter(role="coordinator").order_by("email").first()
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk if user else "")
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash() if user else ""
        session.create()
        return str(session.session_key)


@contextmanager
def _in_the_municipality() -> Iterator[None]:
    with context.registry():
        municipality = Municipality.objects.get(slug=SLUG)
    with context.municipality(municipality):
        yield


def main() -> None:
    """Answer orders until there are no more."""
    urls_municipality.urlpatterns.append(path(BARE.lstrip("/"), one_query))
    tenancy = next(filter(_is_tenancy, settings.MIDDLEWARE))
    whole = wsgi.application
    with override_settings(MIDDLEWARE=[tenancy]):
        bare = get_wsgi_application()
    worker = Worker(whole, bare)
    if VARIANT == "naober":
        worker.cookie = sign_in()
    else:
        variants.take_out_guards()
    frame.obey(
        {
            "cookie": worker.signed_in_as,
            "time": worker.seconds,
            "queries": lambda address: len(worker.queries(address)),
            "size": lambda address: len(worker.ask(address)),
            "raw": worker.against_raw,
        }
    )


def _is_tenancy(name: str) -> bool:
    return name == "tenants.middleware.TenantMiddleware" or name.startswith("tests.benchmarks.variants.")


if __name__ == "__main__":
    main()
