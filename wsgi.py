"""The WSGI application, for granian or any other server: `granian --interface wsgi wsgi:app`."""

from mobility import create_app
from mobility.jobs import start_runner

app = create_app()
if app.config["JOBS"] == "threads":
    start_runner(app)
