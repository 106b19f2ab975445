"""The Celery app: the bell of the queue. Rows in the database say what is to be done; a message only says "look"."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("hitsmith")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
