"""Second steps: the app on a telephone, and recovery codes for when it is not at hand."""

import time
from base64 import b32encode

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim.lib.hashing import keyed_hashes

CODES = 10
# Below so many the account is told to make new ones.
FEW = 3
# Without what looks alike: 0 and o, 1, i and l. Ten of them are 49 bits.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 10
# Of 64 characters: the column has no more room, and nobody finds another code with the same ones.
HASH_LENGTH = 16


def has_second_step(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def new_device(user: User) -> TOTPDevice:
    """Return a device that waits for its first code, with a secret that nobody has seen before."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    return TOTPDevice.objects.create(user=user, name=gettext("telephone"), confirmed=False)


@transaction.atomic
def is_code_of_app(device_pk: int, typed: str) -> bool:
    """Return whether the device shows this code; each counts once, and wrong ones make it wait."""
    device = TOTPDevice.objects.select_for_update().filter(pk=device_pk).first()
    return device is not None and device.verify_token(plain(typed))


def is_proof(user: User, typed: str) -> bool:
    """Return whether this is a code of the account's app, or one of its recovery codes."""
    if len(plain(typed)) == LENGTH:
        return used_recovery_code(user, typed) is not None
    devices = list(TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk"))
    # The one that shows the code is asked alone. A wrong code makes all of them wait: otherwise a
    # second app's could be guessed past the brake of the first.
    showing = [device for device in devices if shows(device, plain(typed))]
    answers = [is_code_of_app(device.pk, typed) for device in showing[:1] or devices]
    return any(answers)


def shows(device: TOTPDevice, code: str) -> bool:
    """Return whether an app shows this code now; nothing is used up by asking."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return code.isdecimal() and totp.verify(int(code), device.tolerance)


def use_device(device: TOTPDevice) -> None:
    """Make the device the account's only one."""
    TOTPDevice.objects.filter(user=device.user_id).exclude(pk=device.pk).delete()
    TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
    device.confirmed = True


def end_second_step(user: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


# Recovery codes


def recovery_codes(seed: str) -> list[str]:
    """Return the codes of a seed: whoever reads the seed in the database cannot make them."""
    return [recovery_code(f"{seed}:{number}") for number in range(CODES)]


def recovery_code(value: str) -> str:
    number = int.from_bytes(salted_hmac("eim.recovery-code", value, algorithm="sha256").digest())
    letters = ""
    for _place in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters += ALPHABET[rest]
    return f"{letters[:5]}-{letters[5:]}"


@transaction.atomic
def keep_recovery_codes(user: User, codes: list[str]) -> None:
    """Replace the codes of an account; hashes of them are stored."""
    device = StaticDevice.objects.filter(user=user).first()
    # Kept: a session that was opened with a code goes on.
    device = device or StaticDevice.objects.create(user=user, name=gettext("recovery codes"))
    device.token_set.all().delete()
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=hashes_of(user, code)[0]) for code in codes
    )


@transaction.atomic
def used_recovery_code(user: User, typed: str) -> StaticDevice | None:
    """Use up a code; return None if it is none of the account's, or came too soon after those."""
    device = StaticDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None or not device.verify_is_allowed()[0]:
        return None
    if not device.token_set.filter(token__in=hashes_of(user, typed)).delete()[0]:
        device.throttle_increment()
        return None
    device.throttle_reset(commit=False)
    device.set_last_used_timestamp(commit=False)
    device.save()
    return device


def codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def hashes_of(user: User, code: str) -> list[str]:
    found = keyed_hashes("recovery-code", f"{user.pk}:{plain(code)}")
    return [value[:HASH_LENGTH] for value in found]


def plain(typed: str) -> str:
    """Remove what people add to a code so that it can be read: blanks and hyphens."""
    return "".join(letter for letter in typed.lower() if letter.isalnum())


def in_fours(secret: str) -> list[str]:
    return [secret[start : start + 4] for start in range(0, len(secret), 4)]


def secret_of(device: TOTPDevice) -> str:
    """Return the secret as apps take it when it is typed."""
    return b32encode(device.bin_key).decode()
