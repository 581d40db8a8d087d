from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0001_records'),
    ]

    operations = [
        migrations.AddField(
            model_name='version',
            name='department',
            field=models.CharField(default='', max_length=128),
        ),
    ]
