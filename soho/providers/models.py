"""What all processes have to agree on about models: whether each is well, and which providers rest.

Both are found out anew when they are lost; nothing else depends on them.
"""

from django.db import models


class ModelHealth(models.Model):
    """What the last probe of a model found (soho/providers/health.py)."""

    model = models.CharField(max_length=80, primary_key=True)
    provider = models.CharField(max_length=40)
    ok = models.BooleanField()
    sentence = models.CharField(max_length=400, blank=True, help_text="For the operator: what is wrong.")
    checked_at = models.DateTimeField()
    since = models.DateTimeField(help_text="Since when it has been so.")

    class Meta:
        ordering = ["model"]
        verbose_name = verbose_name_plural = "health of models"

    def __str__(self) -> str:
        return f"{self.model}: {'well' if self.ok else self.sentence}"


class Circuit(models.Model):
    """A provider that failed lately (soho/providers/circuit.py). One that is well has no row."""

    provider = models.CharField(max_length=40, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField()
    opens = models.PositiveSmallIntegerField(default=0, help_text="How often it opened in a row.")
    open_until = models.DateTimeField(null=True, blank=True)
    probe_until = models.DateTimeField(null=True, blank=True, help_text="Somebody tries until then.")

    class Meta:
        ordering = ["provider"]

    def __str__(self) -> str:
        return f"{self.provider}: {self.failures} failures"
