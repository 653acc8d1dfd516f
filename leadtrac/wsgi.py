"""The web application."""

from __future__ import annotations

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from leadtrac.ready import refuse_unready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadtrac.settings")
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # every view is loaded before the processes fork, not while the first person waits
refuse_unready()
gc.freeze()  # what is loaded stays: the collector leaves its pages alone, so the forked processes share them
