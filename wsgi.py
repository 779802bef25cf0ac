"""The WSGI application, for any server: `granian --interface wsgi wsgi:app`."""

from mobility.running import make_app

app = make_app()
