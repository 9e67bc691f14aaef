"""Helpers for tests of invitations and second steps: codes of apps, links of mails."""

import re
import time

from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim.back_office.colleagues.second_steps import keep_recovery_codes, recovery_codes

PASSWORD = "una contraseña larga"


def code_of(device):
    """Return the six digits that the app of this device shows now."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time()
    return f"{totp.token():06d}"


def link_in(mail):
    """Return the path of the only link of a mail that leads into the back office."""
    [path] = set(re.findall(r"https?://[^/\s]+(/admin/\S+)", mail.body))
    return path


def role(name, *labels):
    group = Group.objects.create(name=name)
    for label in labels:
        app, codename = label.split(".")
        group.permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return group


def codes_for(user, seed="semilla"):
    """Give an account recovery codes, and return them."""
    codes = recovery_codes(seed)
    keep_recovery_codes(user, codes)
    return codes


def invite(client, group, **fields):
    form = {"name": "Eva Quispe", "address": "eva@museo.example", "language": "es"}
    return client.post(reverse("admin:eim_invitation_add"), form | {"roles": [group.pk]} | fields)


def choose(client, link, **fields):
    """Take the first step of an invitation: a user name and a password."""
    form = {"username": "eva.quispe", "password1": PASSWORD, "password2": PASSWORD}
    return client.post(link, form | fields)


def show_code(client, user):
    """Take the second step: the code that the app shows for the secret of the page."""
    page = client.get(reverse("admin:set-up-telephone"))
    device = TOTPDevice.objects.get(user=user, confirmed=False)
    assert device.config_url == page.context["otpauth"]
    return client.post(reverse("admin:set-up-telephone"), {"otp_token": code_of(device)})


def keep_codes(client):
    """Take the third step, and return the codes that were shown."""
    codes = client.get(reverse("admin:set-up-codes")).context["codes"]
    client.post(reverse("admin:set-up-codes"), {"are_kept": "on"})
    return codes
