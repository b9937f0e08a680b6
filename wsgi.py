"""The application object for a WSGI server."""

from ekopi import create_app

app = create_app()
