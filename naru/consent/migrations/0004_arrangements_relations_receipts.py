from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consent', '0003_papers_and_cases'),
    ]

    operations = [
        migrations.AddField(
            model_name='snapshot',
            name='arrangements',
            field=models.BinaryField(null=True),
        ),
        migrations.CreateModel(
            name='Relation',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('patient', models.UUIDField()),
                ('institution', models.UUIDField()),
                ('kind', models.CharField(max_length=16)),
                ('reference', models.CharField(max_length=256)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField()),
            ],
            options={
                'db_table': 'consent_relation',
                'constraints': [models.UniqueConstraint(fields=('patient', 'institution', 'kind', 'reference'), name='consent_relation_once')],
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('patient', models.UUIDField()),
                ('document', models.CharField(max_length=256)),
                ('institution', models.UUIDField()),
                ('time', models.DateTimeField()),
            ],
            options={
                'db_table': 'consent_receipt',
                'constraints': [models.UniqueConstraint(fields=('patient', 'document', 'institution'), name='consent_receipt_once')],
            },
        ),
    ]
