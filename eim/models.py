from django.db import models


class ClockStart(models.Model):
    """The real time at which a rehearsal started: after a restart its clock goes on."""

    clock = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.clock
