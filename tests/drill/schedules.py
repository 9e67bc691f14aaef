"""Files of a meeting in the shapes of real schedules; every word and person is invented."""

from datetime import date, datetime, timedelta
from itertools import cycle, product

SYLLABLES = ["ma", "ro", "sil", "ven", "ka", "ñu", "çe", "ló", "pe", "tra", "qui", "zä"]
SURNAMES = ["Núñez", "da Silva", "O’Hara", "Müller", "Łącki", "de la Cruz", "Ávila-Rojas"]
PARAGRAPH = "Sobre los museos, las colecciones y quienes las cuidan: “memoria” – y más. "


def meeting(number, zone, first_day, last_day, language, **facts):
    return {
        "number": number,
        "short_name": f"M {number}",
        "name": {language: f"Meeting {number}"},
        "theme_line": {language: "Line"},
        "first_day": first_day,
        "last_day": last_day,
        "time_zone": zone,
        "first_language": language,
        "city": {language: "City"},
        "country": "BE",
        "venue_name": "Campus",
        "venue_address": "Avenue 1",
        **facts,
    }


def people(count):
    names = (f"{a}{b}{c}".title() for a, b, c in product(SYLLABLES, repeat=3))
    return [
        {"slug": f"p{n}", "name": f"{next(names)} {SURNAMES[n % len(SURNAMES)]}", "country": "BE"}
        for n in range(count)
    ]


def rooms(count):
    return [{"code": f"r{n}", "name": {"en": f"Room {n}"}, "capacity": 80} for n in range(count)]


def starts_of_day(day, first, last, minutes):
    """Yield the starts from one hour to another, which may be after midnight."""
    start = datetime.combine(day, datetime.min.time()) + timedelta(hours=first)
    while start < datetime.combine(day, datetime.min.time()) + timedelta(hours=last):
        yield start
        start += timedelta(minutes=minutes)


def slots(days, count_of_rooms, first, last, minutes):
    """Yield the day, the start and the room of one session after another."""
    for day in days:
        for start in starts_of_day(day, first, last, minutes):
            for room in range(count_of_rooms):
                yield day, start, f"r{room}"


def session(number, day, start, room, minutes, **facts):
    return {
        "code": f"S{number}",
        "slug": f"session-{number}",
        "kind": "lecture",
        "format": "hybrid",
        "state": "published",
        "day": f"{day:%Y-%m-%d}",
        "starts": f"{start:%H:%M}",
        "ends": f"{start + timedelta(minutes=minutes):%H:%M}",
        "room": room,
        "parts": [{"person": f"p{number}", "role": "speaks"}],
        **facts,
    }


def developers():
    """Return two days of short talks in thirty rooms, in one language: 883 sessions."""
    found = slots([date(2027, 1, 30), date(2027, 1, 31)], 30, 9, 18, 30)
    sessions = [
        session(
            n,
            *slot,
            25,
            title={"en": f"Talk {n}"},
            abstract={"en": PARAGRAPH * 12},
            languages=["en"],
        )
        for n, slot in zip(range(883), found, strict=False)
    ]
    head = meeting(1, "Europe/Brussels", "2027-01-30", "2027-01-31", "en")
    return {"meeting": head, "rooms": rooms(30), "people": people(883), "sessions": sessions}


def hackers():
    """Return four days and nights over the end of summer time: CRLF, two languages, late ends.

    Sessions start at half past every hour until 1:30, so that on the last night of summer time some
    last into the hour that comes twice.
    """
    days = [date(2026, 10, 23) + timedelta(days=n) for n in range(4)]
    found = slots(days, 14, 10.5, 26, 60)
    languages = cycle([["en"], ["es", "en"], ["pt", "es"]])
    sessions = []
    for n, (_day, start, room) in zip(range(840), found, strict=False):
        texts = {"es": f"Charla {n}", "en": f"Talk {n}\r\n"}
        points = "\r\n\r\n- one\r\n- two\u2028three\u200b"
        abstract = {"en": f"{PARAGRAPH}{points}", "es": PARAGRAPH * 9}
        facts = {"title": texts, "abstract": abstract, "languages": next(languages)}
        sessions.append(session(n, start.date(), start, room, 45, **facts))
    sessions += night_sessions(days, first=840)
    head = meeting(2, "Europe/Berlin", "2026-10-23", "2026-10-27", "es", about={"es": "A\r\nB"})
    known = [{"code": "noche", "name": {"es": "Noche"}}]
    return {
        "meeting": head,
        "rooms": [*rooms(14), *known],
        "people": people(895),
        "sessions": sessions,
    }


def night_sessions(days, *, first):
    """Return 55 short ones that follow each other until late, all in one room."""
    starts = [start for day in days for start in starts_of_day(day, 18, 24, 25)]
    ends = {start: start + timedelta(minutes=25) for start in starts}
    titles = {"es": "Noche", "pt": "Noite"}
    return [
        session(first + n, start.date(), start, "noche", 25, title=titles) | {"ends": ends_at(end)}
        for n, (start, end) in zip(range(55), ends.items(), strict=False)
    ]


def ends_at(end):
    return "24:00" if (end.hour, end.minute) == (0, 0) else f"{end:%H:%M}"


def symposium():
    """Return one day in two halls, with presentations, workshops and visits: 20 sessions."""
    found = slots([date(2027, 5, 18)], 2, 9, 19, 60)
    kinds = cycle(["lecture", "round_table", "experiences", "workshop", "visit"])
    sessions = []
    for n, slot in zip(range(20), found, strict=False):
        kind = next(kinds)
        facts = {"kind": kind, "title": {"pt": f"Sessão {n}", "es": f"Sesión {n}"}}
        if kind == "workshop":
            facts |= {"format": "in_person", "seats": 20}
        if kind == "experiences":
            titles = [{"pt": f"Obra {n}.{k}"} for k in "ab"]
            facts["presentations"] = [{"title": t, "institution": "Museu\u00a0X"} for t in titles]
        sessions.append(session(n, *slot, 55, **facts))
    head = meeting(3, "America/Sao_Paulo", "2027-05-18", "2027-05-18", "pt")
    names = [{"code": f"r{n}", "name": {"pt": f"Sala {n}"}} for n in range(2)]
    return {
        "meeting": head,
        "rooms": names,
        "people": people(20),
        "sessions": sessions,
        "places": {"in_person": 100},
    }


# What is spoilt, and the paths of the faults.
def spoil(file):
    """Put a fault of its own into 45 sessions; return the paths at which each must be told."""
    faults = [
        ("kind", "talk"),
        ("room", "nowhere"),
        ("starts", "25:70"),
        ("day", "2001-01-01"),
        ("theme", "none"),
        ("title", {}),
        ("recording_url", "x"),
        ("parts", [{"person": "nobody", "role": "speaks"}]),
        ("slug", "a slug"),
    ]
    paths = set()
    for n, (key, value) in zip(range(45), cycle(faults), strict=False):
        file["sessions"][n * 3][key] = value
        paths.add(f"sessions[{n * 3}].{key}{'[0].person' if key == 'parts' else ''}")
    return paths
