"""Do what every request needs, around the views."""
