"""Take the pictures of the README from a running demo: `make demo` in one window, `make screenshots` in another."""

import os
import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from tests.browser import DESK, launched, visit

FOLDER: Final = Path(__file__).resolve().parents[2] / "platform" / "docs" / "images"
HEIGHT: Final = 1120
LARGEST: Final = 300_000  # bytes
PICTURES: Final = (
    ("vandaag.png", "purmerend", "WEB_PORT", "8000"),
    ("landelijk.png", "landelijk", "NATIONAL_PORT", "8001"),
)


def take(browser: Browser, host: str, port: str, path: Path) -> None:
    """Sign in with the first account that the demo offers, and take a picture of the start page."""
    window = visit(browser, width=DESK, home=f"http://{host}.localhost:{port}")
    page = window.new_page()
    page.set_viewport_size({"width": DESK, "height": HEIGHT})
    page.goto("/inloggen")
    email, *_others, password = page.locator("main code").all_inner_texts()
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(password)
    page.get_by_role("button", name="Inloggen").click()
    page.get_by_role("link", name="Uitloggen").or_(
        page.get_by_role("button", name="Uitloggen")
    ).first.wait_for()
    page.evaluate("document.fonts.ready.then(() => true)")
    page.screenshot(path=path)
    window.close()


def main() -> None:
    """Take every picture."""
    FOLDER.mkdir(exist_ok=True)
    with launched() as browser:
        for name, host, variable, usual in PICTURES:
            path = FOLDER / name
            take(browser, host, os.environ.get(variable, usual), path)
            size = path.stat().st_size
            sys.stdout.write(f"{path.relative_to(Path.cwd())}: {size // 1000} kB\n")
            if size > LARGEST:
                sys.exit(f"{name} is too big for a README.")


if __name__ == "__main__":
    main()
