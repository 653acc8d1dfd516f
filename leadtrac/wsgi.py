"""The web application."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from leadtrac.ready import refuse_unready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadtrac.settings")
application = get_wsgi_application()
refuse_unready()
