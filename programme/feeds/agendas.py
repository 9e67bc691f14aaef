"""Read which sessions of which meeting the address of a visitor's agenda names.

The next meeting on this site may use the same codes, so the address carries the meeting's number.
"""

import re
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext

from programme.decorators import SiteRequest
from programme.models import Meeting
from programme.models.sessions import SESSION_CODE

# Codes that an agenda's address may name; nobody attends more sessions.
AGENDA_SIZE = 100
NUMBER = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """The sessions of an agenda by their codes, and of which meeting they are.

    `number` is None in an address of before agendas had one, once it is of an earlier meeting.
    """

    codes: list[str]
    number: int | None
    meeting: Meeting

    @property
    def is_present(self) -> bool:
        return self.number == self.meeting.number

    @property
    def name(self) -> str:
        """Return the name of its calendar, which alone can say why an earlier one is empty."""
        if self.is_present:
            return gettext("My agenda: %(meeting)s") % {"meeting": self.meeting.name}
        return gettext("My agenda of an earlier meeting: no longer updated")

    @property
    def query(self) -> str:
        """Return its part of the canonical address: the meeting's number and the sorted codes."""
        number = f"&meeting={self.number}" if self.number else ""
        return f"{number}&only={','.join(sorted(self.codes))}"


def requested_agenda(request: SiteRequest, meeting: Meeting) -> Agenda:
    number = requested_number(request, meeting)
    return Agenda(codes=requested_codes(request), number=number, meeting=meeting)


def requested_number(request: SiteRequest, meeting: Meeting) -> int | None:
    """Return the number in ?meeting=; without one that of the only meeting there was, else None."""
    asked = request.GET.get("meeting")
    if asked is None:
        return None if {*request.archived_numbers} - {meeting.number} else meeting.number
    if not NUMBER.fullmatch(asked) or int(asked) > meeting.number:
        raise Http404
    return int(asked)


def requested_codes(request: SiteRequest) -> list[str]:
    """Return the distinct session codes of ?only=, at most AGENDA_SIZE; ignore anything else."""
    asked = request.GET["only"].upper().split(",", AGENDA_SIZE)[:AGENDA_SIZE]
    return [code for code in dict.fromkeys(asked) if re.fullmatch(SESSION_CODE, code)]
