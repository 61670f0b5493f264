"""A creation knows which request asked for it, and the trace that it is a part of."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('creations', '0006_attempts_say_what_they_bought'),
    ]

    operations = [
        migrations.AddField(
            model_name='creation',
            name='request_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='creation',
            name='traceparent',
            field=models.CharField(blank=True, db_default='', default='', max_length=55),
        ),
    ]
