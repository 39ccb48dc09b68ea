"""The few lines in which tests differ: a database of their own per process, every login, quick passwords."""

import os
import re
from urllib.parse import urlsplit

from config import servers

os.environ.setdefault("NAOBER_FAST_DATABASE", "1")
# Parallel test processes inherit the environment of the first, in which DATABASE_URL is that one's own database.
TEST_SERVER_URL = os.environ.setdefault("TEST_SERVER_URL", servers.postgres_url())
_name = f"naober_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
os.environ["DATABASE_URL"] = urlsplit(TEST_SERVER_URL)._replace(path=f"/{_name}").geturl()
os.environ["DATABASE_LOGINS"] = "web,shared_web,aggregator,releaser,owner"
os.environ["SECRET_KEY"] = "only-for-tests-which-sign-nothing-that-anybody-else-would-ever-read"  # noqa: S105
os.environ["BASE_DOMAIN"] = "naober.test"
os.environ["HTTPS"] = "no"
os.environ["DEMO"] = "no"
# There are two municipalities here, so a transaction in more than one is what would be one in all of them.
os.environ["DATABASE_MUNICIPALITIES_PER_TRANSACTION"] = "1"

from config.settings import *  # noqa: E402, F403  (after the environment; everything but the lines below is the real thing)

# Tests empty the cache; on the server that all test processes share, each has a numbered database of its own.
_part = 2 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 12
CACHES["default"]["LOCATION"] = re.sub(r"\d+$", str(_part), servers.cache_url())  # noqa: F405

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Looks for a file when it is asked for, instead of listing all of them for each new client.
WHITENOISE_AUTOREFRESH = True
