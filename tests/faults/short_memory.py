"""The product's Celery with a broker that gives a message to somebody else after a second."""

from config.celery import app

app.conf.broker_transport_options = {"visibility_timeout": 1}
