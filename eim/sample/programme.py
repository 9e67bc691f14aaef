from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle
from typing import Any

from eim.sample.people import invented_people, unique_slug
from eim.sample.texts import TEXTS
from eim.sample.timetable import DAYS, Cell, timetable

# Opening, closing, breaks, workshops, visits, two sessions to be confirmed, and some streamed ones.
FEWEST_SESSIONS = 24
FEWEST_PEOPLE = 12
STREAMED_ROOMS = 2
IN_PERSON = 450
SEATS = {"workshop": 25, "visit": 30}
TEXT_KIND = {"workshop": "hands", "visit": "hands", "experiences": "shared", "posters": "shared"}
ROLES = {
    "opening": ["speaks"],
    "closing": ["speaks"],
    "lecture": ["speaks", "moderates"],
    "round_table": ["speaks", "speaks", "speaks", "moderates"],
    "experiences": ["moderates"],
    "circle": ["speaks", "speaks", "moderates"],
    "posters": [],
    "workshop": ["facilitates"],
    "visit": ["facilitates"],
    "coffee": [],
    "lunch": [],
}
BREAK_KINDS = ("coffee", "lunch")
PRESENTATIONS = {"experiences": 3, "posters": 4}

type Json = dict[str, Any]


def meeting_file(*, start: date, sessions: int, people_count: int) -> Json:
    """Return the sample as the contents of a data file, for the same loader."""
    cells = timetable(start, sessions)
    everybody = invented_people(people_count)
    rooms = list(sample_rooms(cells))
    programme = list(sample_sessions(cells, rooms, everybody))
    give_everybody_a_part(programme, everybody)
    cancel_one(programme)
    return {
        "meeting": meeting(start),
        "organisations": organisations(),
        "themes": TEXTS["themes"],
        "rooms": rooms,
        "people": everybody,
        "sessions": programme,
        "streams": list(sample_streams(start, rooms)),
        "pages": [{"slug": "preguntas-frecuentes", **TEXTS["page"]}],
        "places": {"in_person": IN_PERSON},
        "services": [{"code": "receptor", "name": TEXTS["service"], "size": 200}],
    }


def meeting(start: date) -> Json:
    last = start + timedelta(days=DAYS - 1)
    return {
        "number": 99,
        "short_name": "EIM 99",
        "first_day": f"{start}",
        "last_day": f"{last}",
        "time_zone": "America/Lima",
        "country": "PE",
        "venue_name": "Centro Imaginario de Encuentros",
        "venue_address": "Avenida Inventada 123",
        "contact_email": "muestra@example.org",
        "registration_opens_at": f"{start - timedelta(days=90)} 09:00",
        "registration_closes_at": f"{last} 12:00",
        "access_requests_until": f"{start - timedelta(days=7)}",
        "access_answer_days": 15,
        **TEXTS["meeting"],
    }


def organisations() -> list[Json]:
    roles = ["organises", "organises", "hosts", "supports", "supports"]
    names = TEXTS["institutions"]
    return [{"name": name, "role": role} for name, role in zip(names, roles, strict=False)]


def sample_rooms(cells: list[Cell]) -> Iterator[Json]:
    """Yield the four named rooms, and as many numbered ones as the programme needs."""
    yield from TEXTS["rooms"]
    last = max(cell.room for cell in cells if cell.room is not None)
    for number in range(len(TEXTS["rooms"]) + 1, last + 2):
        name = {code: words.format(number=number) for code, words in TEXTS["further_room"].items()}
        yield {"code": f"sala-{number}", "name": name, "capacity": 60, "is_step_free": True}


def sample_sessions(cells: list[Cell], rooms: list[Json], everybody: list[Json]) -> Iterator[Json]:
    slugs: Counter[str] = Counter()
    used: Counter[str] = Counter()
    speakers = cycle(everybody)
    titles = cycle(TEXTS["presentations"])
    for number, cell in enumerate(cells, start=1):
        session = base(cell, rooms, number, used, slugs) | particulars(cell, number)
        session["parts"] = [
            {"person": next(speakers)["slug"], "role": role} for role in ROLES[cell.kind]
        ]
        session["presentations"] = [
            presentation(next(titles), next(speakers))
            for _n in range(PRESENTATIONS.get(cell.kind, 0))
        ]
        yield session


def give_everybody_a_part(sessions: list[Json], everybody: list[Json]) -> None:
    """Add the people who have no part yet to the conversation circles."""
    given = sum(len(one["parts"]) + len(one["presentations"]) for one in sessions)
    circles = cycle(one for one in sessions if one["kind"] == "circle")
    for person in everybody[given:]:
        next(circles)["parts"].append({"person": person["slug"], "role": "speaks"})


def cancel_one(sessions: list[Json]) -> None:
    circles = [one for one in sessions if one["kind"] == "circle" and one["starts"]]
    circles[-1] |= {"state": "cancelled", "cancellation_reason": TEXTS["cancelled"]}


def base(
    cell: Cell, rooms: list[Json], number: int, used: Counter[str], slugs: Counter[str]
) -> Json:
    titles = TEXTS["sessions"][cell.kind]
    again, which = divmod(used[cell.kind], len(titles))
    used[cell.kind] += 1
    mark = f" ({again + 1})" if again else ""
    themes = TEXTS["themes"]
    is_break = cell.kind in BREAK_KINDS
    has_theme = cell.kind not in (*BREAK_KINDS, "opening", "closing")
    return {
        "code": f"M-{number:03}",
        "slug": unique_slug(next(iter(titles[which].values())), slugs),
        "title": {code: f"{words}{mark}" for code, words in titles[which].items()},
        "abstract": None if is_break else TEXTS["abstracts"][TEXT_KIND.get(cell.kind, "talk")],
        "search_words": TEXTS["search_words"].get(titles[which]["es"], ""),
        "kind": "break" if is_break else cell.kind,
        "theme": themes[number % len(themes)]["code"] if has_theme else None,
        "day": cell.day and f"{cell.day}",
        "starts": cell.starts,
        "ends": cell.ends,
        "room": None if cell.room is None else rooms[cell.room]["code"],
        "state": "published",
    }


def presentation(title: Json, person: Json) -> Json:
    return {
        "title": title,
        "summary": TEXTS["summary"],
        "institution": person["institution"],
        "country": person["country"],
        "parts": [{"person": person["slug"], "role": "presents"}],
    }


def particulars(cell: Cell, number: int) -> Json:
    """Return format, languages and seats of a session: they depend on its room."""
    if cell.kind in SEATS:
        return {"format": "in_person", "languages": ["es"], "seats": SEATS[cell.kind]}
    if cell.kind in BREAK_KINDS:
        return {"format": "in_person"}
    if cell.room == 0:
        return {
            "format": "hybrid",
            "languages": ["es"],
            "interpretation_languages": ["pt", "en"],
            "sign_languages": ["prl"],
            "caption_languages": ["es", "pt"],
        }
    spoken = "pt" if number % 3 == 0 else "es"
    more: Json = {"languages": [spoken]}
    if cell.room == 1:
        return more | {
            "format": "hybrid",
            "interpretation_languages": ["es" if spoken == "pt" else "pt"],
            "sign_languages": ["bzs"],
        }
    return more | {"format": "online" if cell.room is None else "in_person"}


def sample_streams(start: date, rooms: list[Json]) -> Iterator[Json]:
    for number in range(DAYS):
        for room in rooms[:STREAMED_ROOMS]:
            yield {
                "room": room["code"],
                "day": f"{start + timedelta(days=number)}",
                "channels": channels(room, is_main=room is rooms[0]),
            }


def channels(room: Json, *, is_main: bool) -> list[Json]:
    """Return channels of every kind and language for the main room, two videos for the other."""
    if not is_main:
        return [youtube_channel("video", "es", 5), youtube_channel("video", "pt", 6)]
    sound = [linked_channel(room, "audio", language) for language in ("es", "pt", "en")]
    return [
        *(
            youtube_channel("video", language, n)
            for n, language in enumerate(("es", "pt", "en"), start=1)
        ),
        *sound,
        {"kind": "sign", "language": "prl", "provider": "vimeo", "video_id": "000000001"},
        linked_channel(room, "captions", "es"),
        youtube_channel("video", "es", 9) | {"is_spare": True},
    ]


def youtube_channel(kind: str, language: str, number: int) -> Json:
    # As long as a real id, but no real one can end like this.
    video_id = f"ejemplo-{number:03}"
    return {"kind": kind, "language": language, "provider": "youtube", "video_id": video_id}


def linked_channel(room: Json, kind: str, language: str) -> Json:
    url = f"https://example.org/{room['code']}/{kind}/{language}"
    return {"kind": kind, "language": language, "provider": "link", "url": url}
