import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0025_bounces'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SenderHealth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sender', models.CharField(max_length=600)),
                ('looked_at', models.DateTimeField()),
                ('faults', models.JSONField(blank=True, default=list)),
                ('excuse', models.TextField(blank=True, max_length=500, verbose_name='why registration opens although e-mails may not arrive')),
                ('excused_at', models.DateTimeField(blank=True, null=True)),
                ('excused_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('excuse', ''), ('excused_at', None), ('excused_by', None)), models.Q(models.Q(('excuse', ''), _negated=True), ('excused_at__isnull', False), ('excused_by__isnull', False)), _connector='OR'), name='sender_is_excused_by_somebody')],
            },
        ),
    ]
