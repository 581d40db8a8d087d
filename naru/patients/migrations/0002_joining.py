"""Acts that join and part persons take the place of merges."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0001_patients'),
    ]

    operations = [
        migrations.RenameModel(old_name='Merge', new_name='Joining'),
        migrations.AlterModelTable(name='joining', table='patients_joining'),
        migrations.AddField('joining', 'key', models.UUIDField(null=True)),
        migrations.AddField('joining', 'act', models.CharField(max_length=12, default='merged')),
        migrations.AddField('joining', 'role', models.CharField(max_length=32, default='system')),
        migrations.AddField('joining', 'institution', models.UUIDField(null=True)),
        migrations.AddField('joining', 'person', models.UUIDField(null=True)),
        migrations.AddField('joining', 'why', models.BinaryField(null=True)),
        migrations.AddField('joining', 'undoes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='patients.joining')),
    ]
