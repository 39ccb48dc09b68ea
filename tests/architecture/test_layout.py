import subprocess
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {".ci", "core", "deploy", "platform", "reporting", "tenants", "tests"}
WHEEL_PACKAGES = {"config", "common", "tenants", "core", "reporting"}


def tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode != 0:
        pytest.skip("this copy of the source is no git checkout")
    return [Path(name) for name in listing.stdout.split("\0") if name]


def test_platform_is_a_source_root_and_no_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists(), (
        "Remove platform/__init__.py. It makes `platform` a package that hides Python's own module of that name, and "
        "then manage.py, Celery and even `import uuid` fail with misleading messages (platform/docs/adr/0001)."
    )


def test_the_root_holds_only_the_folders_of_the_architecture() -> None:
    found = {path.parts[0] for path in tracked_files() if len(path.parts) > 1}
    assert found <= FOLDERS, f"not among the folders of the architecture: {sorted(found - FOLDERS)}"


def test_nothing_is_called_utils_or_helpers() -> None:
    drawers = [path for path in tracked_files() if path.stem in {"utils", "util", "helpers", "misc"}]
    assert drawers == [], "name a module by what it is about"


def test_no_installed_package_shares_a_name_with_ours() -> None:
    clashes = {
        name: distributions
        for name, distributions in metadata.packages_distributions().items()
        if name in WHEEL_PACKAGES and set(distributions) != {"naober"}
    }
    assert clashes == {}


def test_no_file_names_a_package_registry() -> None:
    hosts = ("registry." + "npmjs", "py" + "pi.org", "files." + "pythonhosted")
    naming = [
        path
        for path in tracked_files()
        if path.name != "uv.lock"
        and (ROOT / path).is_file()
        and any(host.encode() in (ROOT / path).read_bytes() for host in hosts)
    ]
    assert naming == []
