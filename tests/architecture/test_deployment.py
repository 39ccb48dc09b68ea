import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tenants.database.names import ALIAS_OF_LOGIN

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
PROCESSES = {"gemeente", "landelijk", "worker", "beat"}


def procfile() -> dict[str, str]:
    lines = (DEPLOY / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines if line)


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    return services


def logins(process: str) -> dict[str, set[str]]:
    found = re.search(r"DATABASE_LOGINS=(\S+)", procfile()[process])
    assert found
    return {
        "Procfile": set(found[1].split(",")),
        "compose": set(compose()[process]["environment"]["DATABASE_LOGINS"].split(",")),
    }


def test_both_ways_to_run_it_have_the_same_processes() -> None:
    assert set(procfile()) == PROCESSES
    assert set(compose()) >= PROCESSES


@pytest.mark.parametrize("process", sorted(PROCESSES))
def test_a_process_has_the_same_known_logins_in_both(process: str) -> None:
    found = logins(process)
    assert found["Procfile"] == found["compose"] <= set(ALIAS_OF_LOGIN)


@pytest.mark.parametrize("process", sorted(PROCESSES))
def test_no_running_process_is_the_owner(process: str) -> None:
    assert "owner" not in logins(process)["Procfile"]
    assert "OWNER_PASSWORD" not in str(compose()[process])


def test_pages_of_municipalities_and_of_the_foundation_share_no_login() -> None:
    assert not logins("gemeente")["Procfile"] & logins("landelijk")["Procfile"]


@pytest.mark.parametrize("process", sorted({*PROCESSES, "set-up"}))
def test_a_container_gets_the_passwords_of_its_own_logins_and_no_others(process: str) -> None:
    environment = compose()[process]["environment"]
    given = {name.removeprefix("DATABASE_PASSWORD_").lower() for name in environment if "PASSWORD_" in name}
    wanted = set(environment["DATABASE_LOGINS"].split(","))
    assert given == (wanted if process != "set-up" else set(ALIAS_OF_LOGIN) - {"owner"} | {"backup"})
