from django.db import models


class ClockStart(models.Model):
    """When a rehearsal's clock was started: so that a restart does not jump back."""

    clock = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.clock
