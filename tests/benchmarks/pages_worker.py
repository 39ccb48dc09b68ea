"""The web process of `bench_pages`: a page and its own SELECTs by hand, in turns, over the same connection."""

from typing import Any

from tests.benchmarks.page_worker import Worker, sign_in  # sets Django up, before anything else

# isort: split
from django.db import connection

from config import wsgi
from tests.benchmarks import frame


class PageWorker(Worker):
    """Knows addresses with a query, and pages that write: what they write is left out of the SQL by hand."""

    def _environ(self, address: str) -> dict[str, Any]:
        path, _sign, query = address.partition("?")
        return super()._environ(path) | {"QUERY_STRING": query}

    def compare(self, address: str, rounds: int) -> dict[str, Any]:
        """Return the number of queries, and the seconds of every page and of every run of its SQL."""
        self.ask(address)
        queries = self.queries(address)
        while any("municipalities_domain" in text for text, _values in queries):
            queries = self.queries(address)  # the copy of the registry was renewed just then
        reads = [(text, values) for text, values in queries if text.lstrip().startswith("SELECT")]
        begin = self._begin()
        raw: Any = connection.connection

        def by_hand() -> None:
            with raw.cursor() as cursor:
                cursor.execute(begin)
                for statement, values in reads:
                    cursor.execute(statement, values)
                    cursor.fetchall()
                cursor.execute("COMMIT")

        for _ in range(3):
            self.ask(address)
            by_hand()
        pairs = [(frame.timed(lambda: self.ask(address)), frame.timed(by_hand)) for _ in range(rounds)]
        return {
            "queries": len(queries),
            "page": [page for page, _sql in pairs],
            "sql": [sql for _page, sql in pairs],
        }


def main() -> None:
    """Answer orders until there are no more."""
    worker = PageWorker(wsgi.application, None)
    worker.cookie = sign_in()
    frame.obey({"compare": worker.compare})


if __name__ == "__main__":
    main()
