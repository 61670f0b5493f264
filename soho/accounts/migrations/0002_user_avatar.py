from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField("user", "avatar", models.UUIDField(blank=True, editable=False, null=True)),
    ]
