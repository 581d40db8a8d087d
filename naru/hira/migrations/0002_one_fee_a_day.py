from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hira", "0001_first")]

    operations = [
        migrations.AddField("claim", "patient", models.UUIDField(null=True)),
        migrations.AddField("claim", "sent_on", models.DateField(null=True)),
        migrations.AddConstraint(
            "claim",
            models.UniqueConstraint(
                fields=["institution", "patient", "sent_on"], name="hira_claim_once_a_day"
            ),
        ),
    ]
