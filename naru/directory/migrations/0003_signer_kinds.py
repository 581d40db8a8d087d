from django.apps.registry import Apps
from django.db import migrations, models
from django.db.models import Count


def declare(apps: Apps, _schema_editor: object) -> None:
    """What was trusted everywhere or for several never was a client; of the rest nobody can say."""
    provider = apps.get_model("directory", "Provider")
    shared = (
        provider.objects.values("issuer", "fingerprint")
        .annotate(institutions=Count("institution", distinct=True))
        .filter(institutions__gt=1)
    )
    provider.objects.filter(institution=None).update(kind="assertion-provider")
    for one in shared:
        provider.objects.filter(issuer=one["issuer"], fingerprint=one["fingerprint"]).update(
            kind="assertion-provider"
        )


class Migration(migrations.Migration):
    """A trusted certificate says what it may sign; one of before that may sign nothing (fail closed).

    Where a row could have been a client's key or a provider's, either guess would leave a power
    that nobody gave: `naru doctor` names each, and `naru provider trust --for` declares it.
    """

    dependencies = [
        ('directory', '0002_assertion_providers'),
    ]

    operations = [
        migrations.AddField(
            model_name='provider',
            name='kind',
            field=models.CharField(default='undeclared', max_length=32),
            preserve_default=False,
        ),
        migrations.RunPython(declare, migrations.RunPython.noop),
    ]
