"""The queue is found by person and kind, and what runs by itself: indexes, made while everybody works on."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    atomic = False  # CREATE INDEX CONCURRENTLY cannot be part of a transaction

    dependencies = [
        ('creations', '0007_requests_and_traces'),
    ]

    operations = [
        AddIndexConcurrently(
            'creation',
            models.Index(
                'user',
                'media_type',
                'created_at',
                'id',
                name='creations_line',
                condition=Q(status__in=['pending', 'processing']),
            ),
        ),
        AddIndexConcurrently(
            'creation',
            models.Index('user', 'media_type', name='creations_running', condition=Q(status='processing')),
        ),
        RemoveIndexConcurrently('creation', 'creations_queue'),
    ]
