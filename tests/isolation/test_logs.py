"""A failure may be logged, a person may not: PostgreSQL and Python quote values in the words of their errors."""

import logging
import sys
import traceback
from typing import Any

from django.db import IntegrityError, connections

from common.logging import error_text
from core.families.models import PostcodeArea
from tenants.context import atomic
from tenants.municipalities.models import Municipality
from tests.isolation.world import MARK, canaries_in

# Put together here, so that the line of code in a traceback does not hold it.
CANARY = f"{MARK}0001"


def _refused_row() -> None:
    nowhere: Any = None
    with atomic():
        PostcodeArea.objects.create(code="1441", place=CANARY, latitude=nowhere, longitude=nowhere)


def test_the_row_that_postgresql_refuses_is_not_in_the_log(in_purmerend: Municipality) -> None:
    del in_purmerend
    try:
        _refused_row()
    except IntegrityError:
        text = error_text(sys.exc_info())
        everything = traceback.format_exc()
    assert canaries_in(everything), "the plain traceback shows the row, so there is something to hide"
    assert not canaries_in(text)
    assert "23502 families_postcodearea" in text
    assert "_refused_row" in text


def test_a_value_that_python_cannot_read_is_not_in_the_log() -> None:
    try:
        int(CANARY)
    except ValueError:
        text = error_text(sys.exc_info())
    assert not canaries_in(text)
    assert "builtins.ValueError" in text


def test_what_names_code_is_in_the_log() -> None:
    anything: Any = connections
    try:
        anything.no_such_thing()
    except AttributeError:
        text = error_text(sys.exc_info())
    assert "no_such_thing" in text


def test_a_log_line_of_the_standard_library_is_written_the_same_way() -> None:
    handler = next(handler for handler in logging.getLogger().handlers if handler.formatter is not None)
    try:
        int(CANARY)
    except ValueError:
        record = logging.LogRecord("proef", logging.ERROR, __file__, 1, "it failed", None, sys.exc_info())
    line = handler.format(record)
    assert "ValueError" in line
    assert not canaries_in(line)
