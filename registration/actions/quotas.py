"""Opening and resizing quotas."""

from django.utils.translation import gettext

from programme.models import Session
from registration.actions.places import Refusal, locked_places
from registration.models import Quota


def set_size(quota: Quota, size: int) -> None:
    """Resize a quota and promote the people who wait. Raises `Refusal` below what is taken."""
    with locked_places(by_organiser=True):
        taken = Quota.objects.values_list("taken", flat=True).get(pk=quota.pk)
        if size < taken:
            raise Refusal(
                gettext("%(taken)s are taken: the number cannot be smaller.") % {"taken": taken}
            )
        Quota.objects.filter(pk=quota.pk).update(size=size)


def open_in_person(size: int) -> Quota:
    return _open(size, kind=Quota.Kind.IN_PERSON)


def open_seats(session: Session, size: int) -> Quota:
    return _open(size, kind=Quota.Kind.SESSION, session=session)


def open_service(code: str, names: dict[str, str], size: int) -> Quota:
    """Open a service; `names` are by language code."""
    quota = _open(size, kind=Quota.Kind.SERVICE, service_code=code)
    columns = {f"name_{language}": name for language, name in names.items()}
    Quota.objects.filter(pk=quota.pk).update(**columns)
    return quota


def _open(size: int, **of: object) -> Quota:
    """Create the quota, or resize the one there is."""
    with locked_places():
        quota, is_new = Quota.objects.get_or_create(**of, defaults={"size": size})
        if not is_new and quota.size != size:
            set_size(quota, size)
    return quota
