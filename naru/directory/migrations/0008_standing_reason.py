from django.db import migrations, models


class Migration(migrations.Migration):
    """Whoever switches an institution off says why."""

    dependencies = [
        ("directory", "0007_brand"),
    ]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
    ]
