"""Load the site concurrently, also while its processes are killed, then check its rows."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db import Error

from bench import machine
from bench.costs import open_sample
from bench.environment import scaled
from bench.harness import CLIENTS, Sink, mail_sink, site, wait_for
from bench.people import People
from bench.report import Figure
from registration import actions
from registration.models import History, Message, Place, Quota, Registration
from registration.models.places import PlaceQuerySet
from tests import factories
from tests.registration import operations
from tests.registration.processes import at_once, leave_connections
from tests.registration.site import Site
from tests.registration.visitors import FORM, NO_ANSWER, Visitors

PROCESSES = 8
SEATS, CROWD = 25, 200
OPERATIONS, KILLS, POSTS = 10_000, 50, 10_000
LIFETIME = (0.0, 2.0)  # seconds until a process is killed


def status_of(visitors: Visitors, number: int, **answers: object) -> str:
    try:
        return str(visitors.sign_up(number, **answers)[0])
    except NO_ANSWER:
        return "none"


def words(counts: Counter[str]) -> str:
    return ", ".join(f"{key}: {counts[key]}" for key in sorted(counts))


# 200 people for 25 seats


def crowd() -> Iterator[Figure]:
    for seat, may_wait in zip(open_sample(), (True, False), strict=True):
        how = "with waiting list" if may_wait else "without waiting list"
        actions.set_size(seat, seat.taken + SEATS)
        with site("web") as running_site:
            seconds, counts = rush(running_site, seat, may_wait=may_wait)
        places = Place.objects.filter(quota=seat, number__gt=seat.taken)
        held = str(places.held().count())
        yield Figure(what=f"seats held, {how}", value=held, target=f"{SEATS // 2} at most, a half")
        confirm_in_order(places)
        yield Figure(
            what=f"seats given, {how}",
            value=f"{places.taken().count()} of {CROWD}, all confirmed",
            target=str(SEATS),
        )
        line = list(places.waiting().order_by("number").values_list("number", flat=True))
        before = seat.taken + SEATS
        is_in_order = line == list(range(before + 1, before + len(line) + 1))
        in_order = "in order" if is_in_order else "NOT in order"
        target = f"{CROWD - SEATS} in order"
        yield Figure(what=f"people waiting, {how}", value=f"{len(line)} {in_order}", target=target)
        yield Figure(what=f"answers, {how}", value=words(counts), target="no 5xx")
        yield Figure(
            what=f"time until all are answered, {how}",
            value=f"{seconds:.1f} s",
            target="5 s",
            falls_short=seconds > 5,
        )


def confirm_in_order(places: PlaceQuerySet) -> None:
    rows = places.order_by("number").values_list("registration", "registration__link_version")
    for key, link_version in list(rows):
        actions.confirm(key, link_version)


def rush(running_site: Site, seat: Quota, *, may_wait: bool) -> tuple[float, Counter[str]]:
    visitors = Visitors(running_site.port)
    barrier = threading.Barrier(CROWD)
    waitlist = [seat.code] if may_wait else []
    first = 0 if may_wait else CROWD

    def come(number: int) -> str:
        barrier.wait()
        answers = {"attendance": "in_person", "workshops": [seat.code], "waitlist": waitlist}
        return status_of(visitors, first + number, **answers)

    start = time.perf_counter()
    with ThreadPoolExecutor(CROWD) as pool:
        counts = Counter(pool.map(come, range(CROWD)))
    return time.perf_counter() - start, counts


# Random operations


def mix() -> Iterator[Figure]:
    factories.meeting()
    operations.some_quotas()
    with mail_sink() as sink, site("web", "worker", mails_to=sink.url) as running_site:
        wait_for(running_site.port, FORM)
        yield from Operations(running_site.port).run(scaled(OPERATIONS))
        for name in ("web", "worker"):
            resident, own = machine.memory(running_site.running[name].pid)
            value = f"{resident:.0f} MB resident, {own:.0f} MB PSS"
            yield Figure(what=f"memory of {name}", value=value, target="250 MB together")
        yield from settle(running_site, sink)


def crashes() -> Iterator[Figure]:
    factories.meeting()
    operations.some_quotas()
    with mail_sink() as sink, site("web", "worker", mails_to=sink.url) as running_site:
        killer = Killer(running_site, scaled(KILLS))
        killer.start()
        yield from Operations(running_site.port).run_until(lambda: not killer.is_alive())
        killer.join()
        yield Figure(
            what="kills (SIGKILL) of each process", value=str(killer.done), target=str(KILLS)
        )
        yield from settle(running_site, sink)


class Killer(threading.Thread):
    def __init__(self, running_site: Site, kills: int) -> None:
        super().__init__(daemon=True)
        self.site, self.kills, self.done = running_site, kills, 0

    def run(self) -> None:
        chance = random.Random(7)
        while self.done < self.kills:
            for name in ("web", "worker"):
                # Kill it only once it works.
                wait_for(self.site.port, FORM)
                time.sleep(chance.uniform(*LIFETIME))
                self.site.kill(name)
                self.site.start(name)
            self.done += 1


class Operations:
    """Run operations in eight processes, and count the answers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.done = 0
        self.started = time.perf_counter()
        self.answers: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()

    def run(self, operations: int) -> Iterator[Figure]:
        self.run_each(operations // PROCESSES)
        yield from self.figures(str(OPERATIONS))

    def run_until(self, is_over: Callable[[], bool]) -> Iterator[Figure]:
        while not is_over():
            self.run_each(40)
        yield from self.figures("")

    def run_each(self, each: int) -> None:
        for answers, failures in at_once(work, self.port, each, self.done, processes=PROCESSES):
            self.answers += answers
            self.failures += failures
        self.done += each * PROCESSES

    def figures(self, target: str) -> Iterator[Figure]:
        seconds = time.perf_counter() - self.started
        yield Figure(what="operations", value=f"{self.done} in {seconds:.0f} s", target=target)
        yield Figure(what="answers", value=words(self.answers), target="no 5xx")
        yield Figure(
            what="database errors, deadlocks", value=words(self.failures) or "0", target="0"
        )


def work(process: int, port: int, count: int, seed: int) -> tuple[Counter[str], Counter[str]]:
    """Send the people's operations to the site; run those of organisers and the clock here."""
    chance = random.Random(f"{seed} {process}")
    people, failures = People(port), Counter[str]()
    for _n in range(count):
        try:
            operations.anything(chance, 200, by=people)
        except Error as error:
            failures[f"{type(error).__name__}: {error}"[:200]] += 1
    leave_connections()
    return people.answers, failures


def settle(running_site: Site, sink: Sink) -> Iterator[Figure]:
    """Let the worker send everything, then check the rules on the rows and the mails."""
    running_site.stop("worker")
    operations.end_leases()
    running_site.send_what_is_due()
    broken = operations.broken_rules()
    yield Figure(what="broken rules", value="; ".join(broken[:9]) or "0", target="0")
    rows = f"{Registration.objects.count()} people, {History.objects.count()} events"
    yield Figure(what="rows afterwards", value=f"{rows}, {Message.objects.count()} mails")
    states = Counter(Message.objects.values_list("state", flat=True))
    yield Figure(what="mails", value=words(states), target="sent or no longer needed")
    arrived = Counter(sink.arrived)
    sent = Message.objects.filter(state=Message.State.SENT)
    lost = set(sent.values_list("message_id", flat=True)) - set(arrived)
    yield Figure(what="mails sent that did not arrive", value=str(len(lost)), target="0")
    # A mail may arrive twice only if its worker was killed while sending it.
    twice = {key for key, times in arrived.items() if times > 1}
    undue = sent.filter(message_id__in=twice, attempts=1).count()
    value = f"{len(twice)}, of which {undue} without a killed worker"
    yield Figure(what="mails delivered twice", value=value, target="0 without")


# One network


def network() -> Iterator[Figure]:
    seat, _other = open_sample()
    posts = scaled(POSTS)
    others: list[tuple[str, float]] = []
    is_over = threading.Event()
    with site("web") as running_site:
        visitors = Visitors(running_site.port)

        def flood(number: int) -> str:
            answers = {"email": f"flood{number}@museo.example", "workshops": [seat.code]}
            return status_of(visitors, 1, attendance="in_person", **answers)

        def come_from_elsewhere() -> None:
            number = 1000
            while not is_over.wait(1):
                number += 1
                start = time.perf_counter()
                answer = status_of(visitors, number, attendance="online")
                others.append((answer, time.perf_counter() - start))

        elsewhere = threading.Thread(target=come_from_elsewhere)
        elsewhere.start()
        start = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            counts = Counter(pool.map(flood, range(posts)))
        seconds = time.perf_counter() - start
        is_over.set()
        elsewhere.join()
    value = f"{posts} in {seconds:.0f} s"
    yield Figure(what="requests from one network", value=value, target=str(POSTS))
    yield Figure(what="answers", value=words(counts), target="302: 60 an hour")
    flooded = Registration.objects.filter(email__startswith="flood")
    held = Place.objects.held().in_person().filter(registration__in=flooded).count()
    yield Figure(what="places it holds", value=str(held), target="5")
    mails = Message.objects.filter(registration__in=flooded).count()
    yield Figure(what="mails it caused", value=str(mails), target="60 an hour")
    accepted = [duration for answer, duration in others if answer == "302"]
    slowest = f", slowest after {max(accepted):.1f} s" if accepted else ""
    value = f"{len(accepted)} of {len(others)}{slowest}"
    yield Figure(what="accepted from other networks meanwhile", value=value, target="all")
