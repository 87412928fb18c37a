"""The WSGI application, behind a wrapper that makes chunked bodies readable."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("METE_PROCESS", "web")

from django.core.wsgi import get_wsgi_application

from config.chunked import ChunkedBodies

application = ChunkedBodies(get_wsgi_application())
