from django.db import models


class ClockStart(models.Model):
    """Store when a rehearsal started, so that a restart does not reset its clock."""

    clock = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.clock
