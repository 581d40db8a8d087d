from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='snapshot',
            name='until',
            field=models.DateField(null=True),
        ),
    ]
