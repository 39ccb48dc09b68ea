"""Entry point of workers and beat: `celery --app config worker`. Each worker listens to the queues of its logins."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("naober")
app.set_default()  # in every thread, not in the importing one alone
app.config_from_object("django.conf:settings", namespace="CELERY")
# `tasks` is a word of the domain here.
app.autodiscover_tasks(related_name="jobs")


@app.on_after_finalize.connect
def _fill_timetable(sender: Celery, **_signal: Any) -> None:
    """Give beat the relay, every second, and the schedules that stand with the jobs themselves."""
    sender.loader.import_default_modules()
    from tenants.municipalities.jobs import timetable  # noqa: PLC0415  (needs the apps, which are there only now)

    sender.conf.beat_schedule = timetable()


@signals.setup_logging.connect
def _leave_logging_alone(**_signal: Any) -> None:
    """Keep Celery from setting up logging: Django has done so."""
