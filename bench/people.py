"""Send the people's operations of `tests/registration/operations.py` as requests to the site."""

from collections import Counter
from collections.abc import Callable, Sequence

from django.urls import reverse

from registration import actions, tokens
from registration.models import Registration
from tests.registration import operations
from tests.registration.visitors import NO_ANSWER, Visitors

BUTTONS: dict[Callable[..., object], str] = {
    actions.go_online: "go-online",
    actions.come_in_person: "come-in-person",
    actions.say_coming: "answer",
    actions.cancel: "cancel",
}


class People:
    """Count the answers by status."""

    def __init__(self, port: int) -> None:
        self.visitors = Visitors(port)
        self.answers: Counter[str] = Counter()

    def sign_up(self, n: int, codes: Sequence[str] | None, *, may_wait: bool) -> None:
        attendance = {"attendance": "in_person" if codes is not None else "online"}
        chosen = self.choices(codes or [], may_wait=may_wait)
        self.count(lambda: self.visitors.sign_up(n, **attendance, **chosen))

    def choices(self, codes: Sequence[str], *, may_wait: bool) -> dict[str, list[str]]:
        return {
            "workshops": [code for code in codes if code in operations.SEATED],
            "services": [code for code in codes if code not in operations.SEATED],
            "waitlist": ["in_person", *codes] if may_wait else [],
        }

    def confirm(self, n: int) -> None:
        if registration := operations.person(n):
            token = tokens.confirm_token(registration)
            self.press(n, reverse("registration:confirm", args=[token]))

    def change(self, n: int, codes: Sequence[str], *, may_wait: bool) -> None:
        if registration := operations.person(n):
            chosen = self.choices(codes, may_wait=may_wait)
            self.press(n, own(registration, "change"), **chosen)

    def do(self, action: Callable[..., object], n: int) -> None:
        registration = operations.person(n)
        if registration and action == actions.erase:
            token = tokens.fresh_token(registration)
            self.press(n, reverse("registration:erase", args=[token]), sure="on")
        elif registration:
            self.press(n, own(registration, BUTTONS[action]))

    def give_back(self, n: int, code: str) -> None:
        if registration := operations.person(n):
            self.press(n, own(registration, "give-back", code), answer="give-back")

    def take_free(self, n: int, code: str) -> None:
        if registration := operations.person(n):
            self.press(n, own(registration, "take", code))

    def press(self, n: int, path: str, **fields: object) -> None:
        self.count(lambda: self.visitors.post(n, path, **fields))

    def count(self, ask: Callable[[], tuple]) -> None:
        """Count a request without an answer as “none”: the site may have been killed."""
        try:
            self.answers[str(ask()[0])] += 1
        except NO_ANSWER:
            self.answers["none"] += 1


def own(registration: Registration, name: str, *more: str) -> str:
    return reverse(f"registration:{name}", args=[tokens.own_token(registration), *more])
