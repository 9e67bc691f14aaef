"""Serve the site under gunicorn."""
