from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('node', '0002_demo'),
    ]

    operations = [
        migrations.AddField(
            model_name='mark',
            name='sealed',
            field=models.BinaryField(default=b''),
        ),
    ]
