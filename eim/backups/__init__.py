"""Write all of the site into a folder, and restore it from one, on SQLite and PostgreSQL alike."""

from eim.backups.folders import last_backup

__all__ = ["last_backup"]
