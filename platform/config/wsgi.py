"""Entry point of the web server."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# What is loaded now stays as long as the process. The collector need not look at it again: a page that makes many
# objects waited several times for that (a ranking of 2,000 support families took 260 ms, and takes 120).
for _urls in ("config.urls_municipality", "config.urls_foundation", "config.urls_api"):
    import_module(_urls)
gc.collect()
gc.freeze()
