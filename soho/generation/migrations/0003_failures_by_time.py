"""What went wrong is found by its time; made beside the traffic, which goes on writing attempts."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('generation', '0002_attempts_say_what_they_bought'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='attempt',
            index=models.Index(
                models.F('ended_at'),
                condition=models.Q(('outcome', 'failed'), models.Q(('error_code', 'worker_lost'), ('outcome', 'lost')), _connector='OR'),
                name='generation_failures',
            ),
        ),
    ]
