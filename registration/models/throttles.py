from django.db import models


class Throttle(models.Model):
    """Counts of one action by one network or mailbox, a row for each step of a sliding window.

    `key` is a keyed hash of the action and of its network or mailbox; `window_at` is when the step
    began.
    """

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
