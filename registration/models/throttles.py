from django.db import models


class Throttle(models.Model):
    """How often something was done in a window of time, by a keyed hash of what and who."""

    key = models.CharField(max_length=64)
    window_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "window_at"], name="throttle_counts_a_window_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]}… {self.window_at:%H:%M}: {self.count}"
