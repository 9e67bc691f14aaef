import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0024_without_new_kinds_on_the_way_back'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='sent_to',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=64),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['sent_to'], name='message_by_mailbox'),
        ),
        migrations.CreateModel(
            name='Bounce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('failed', 'it came back'), ('given_up', 'it did not arrive, after days of trying'), ('delayed', 'it is delayed'), ('complaint', 'its reader reported it as spam'), ('challenge', 'their mailbox asks the sender to prove to be a person')], max_length=20, verbose_name='what happened')),
                ('reason', models.CharField(choices=[('unknown', 'the mailbox does not exist'), ('domain', 'what follows the @ does not exist, or takes no e-mails'), ('full', 'the mailbox is full'), ('disabled', 'the mailbox has been switched off'), ('spam', 'their server refuses it as spam, or by another rule of its own'), ('size', 'it is too large for them'), ('time', 'their server did not answer'), ('loop', 'it is forwarded in a circle'), ('other', 'their server does not say why')], max_length=20, verbose_name='why')),
                ('status', models.CharField(blank=True, max_length=12, verbose_name='code')),
                ('answer', models.CharField(blank=True, max_length=300, verbose_name='their server’s words')),
                ('reported_at', models.DateTimeField(verbose_name='reported')),
                ('cleared_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='bounce', to='registration.message', verbose_name='message')),
                ('noted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noted by')),
            ],
            options={
                'verbose_name': 'e-mail that came back',
                'verbose_name_plural': 'e-mails that came back',
                'ordering': ['-reported_at', '-pk'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['cleared_at', 'kind'], name='bounce_by_end')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['failed', 'given_up', 'delayed', 'complaint', 'challenge'])), name='bounce_kind_is_known'), models.CheckConstraint(condition=models.Q(('reason__in', ['unknown', 'domain', 'full', 'disabled', 'spam', 'size', 'time', 'loop', 'other'])), name='bounce_reason_is_known')],
            },
        ),
        migrations.CreateModel(
            name='BounceMailbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('looked_at', models.DateTimeField()),
                ('not_understood', models.PositiveIntegerField(default=0)),
                ('fault', models.CharField(blank=True, choices=[('unreachable', 'Its server cannot be reached.'), ('encryption', 'No encrypted connection to its server can be made.'), ('slow', 'Its server does not answer in time.'), ('broken', 'Its server breaks off the connection.'), ('login', 'Its server does not accept our user name and password.'), ('refusing', 'Its server does not open it: is there such a folder?')], max_length=20)),
            ],
            options={
                'default_permissions': (),
            },
        ),
    ]
