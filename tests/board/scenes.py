"""A meeting with twelve rooms, as the drills of the board look at it."""

from datetime import timedelta

from programme.models import Session
from tests import factories

NAMES = ("Auditorio", "Sala Roja", "Sala Azul", "Biblioteca", "Taller de cerámica", "Patio")
NAMES += ("Sala de conservación", "Cine", "Aula 1", "Aula 2", "Aula 3", "Jardín de esculturas")
TITLES = ("Museos que cuidan", "Archivo oral de la comunidad", "Barro y memoria", "Mediación")


def twelve_rooms():
    """Create twelve rooms with four sessions each on the first day, and some without hours."""
    rooms = [factories.room(name_es=name, capacity=60 + n) for n, name in enumerate(NAMES)]
    themes = [factories.theme(colour=colour) for colour in ("indigo", "ochre", "cochineal")]
    for n, room in enumerate(rooms):
        for hour in (9, 11, 15, 16):
            factories.session(
                title_es=f"{TITLES[(n + hour) % 4]} {n}",
                room=room,
                theme=themes[n % 3],
                starts_at=factories.moment(f"{hour}:{'30' if n % 2 else '00'}"),
            )
    long = Session.objects.order_by("pk").first()
    Session.objects.filter(pk=long.pk).update(ends_at=long.starts_at + timedelta(minutes=90))
    for title in ("Visita al barrio", "Cierre"):
        factories.session(title_es=title, starts_at=None, day=None, theme=themes[0])
    return rooms
