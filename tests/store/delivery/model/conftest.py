"""A small world for the ledger: processes whose every step is chosen, a mail server, machines, and a clock.

The real code runs (`run.work` and all below it, on the real database and real journals). Its threads become greenlets
that stop before and after each commit, journal line and word of the server, and go on or die there as they are told.
"""

from __future__ import annotations

import itertools
import shutil
from collections import Counter, deque
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty

import greenlet
import pytest
from django.db import connection
from django.db.transaction import Atomic

from digest.delivery import journal, locks, run, threads
from digest.delivery.ledger import FREE
from digest.delivery.message import assemble, frozen_hash
from digest.delivery.outcomes import Accepted, Later, Lost, Refused
from digest.delivery.processes import Terms
from digest.errors import TransportError
from digest.store.models import Allowance, Edition, Letter, Report, SendWindow, Subscriber, Subscription, Variant

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
READERS = 5


class Died(BaseException):
    """This process is dead: nothing it does has any effect any more."""


class Process:
    """One process that sends: its main greenlet, and one for each thread."""

    def __init__(self, world, machine):
        self.world, self.machine, self.alive, self.doom = world, machine, True, 0
        self.in_flight: dict[int, int] = {}
        self.waits: dict[greenlet.greenlet, object] = {}
        self.lines: list[greenlet.greenlet] = []
        self.error: BaseException | None = None
        self.main = self.thread(self._run)

    def _run(self):
        world = self.world
        terms = Terms(
            transport=Transport(world), now=lambda: world.now, var=world.var(self.machine), window=3, connections=2,
            attempts_for=timedelta(days=1), manners=FREE, rest=lambda seconds: world.rest(self, seconds),
        )  # fmt: skip
        run.work(Edition.objects.get(pk=world.edition), terms, lambda _: None)

    def thread(self, function):
        def body():
            try:
                function()
            except Died:
                return
            except BaseException as error:  # noqa: BLE001 - a bug in what is tested comes out in the machine
                self.error = error

        made = greenlet.greenlet(body, self.world.hub)
        self.lines.append(made)
        self.world.owner[made] = self
        return made

    def ready(self):
        """The greenlets that can go on; one that waits for others only when nothing else can."""
        living = [one for one in self.lines if not one.dead]
        free = [one for one in living if one not in self.waits or self.waits[one]()]
        return free or living

    def step(self, choice=0):
        """Let one greenlet go on to its next stop; False when the process has ended."""
        ready = self.ready()
        if not ready:
            self.alive = False
            return False
        ready[choice % len(ready)].switch()
        if not self.alive:
            self.kill()
        if self.error:
            raise self.error
        return True

    def kill(self):
        """End it at once: its locks are free, and nothing else of it happens."""
        self.alive = False
        self.world.doubted |= set(self.in_flight)
        for one in self.lines:
            while one:
                one.switch()
        self.lines = []


class World:
    """Everything around the ledger, and what is true of it."""

    def __init__(self, place):
        self.place, self.now, self.machines = place, NOW, 1
        self.owner: dict[greenlet.greenlet, Process] = {}
        self.processes: list[Process] = []
        self.names = itertools.count()
        self.workers: dict[str, Process] = {}
        self.received, self.again, self.answers = Counter(), Counter(), deque()
        self.doubted: set[int] = set()
        self.refused: set[int] = set()
        self.given_up: set[int] = set()
        self.bounced: set[int] = set()
        self.taken_by: dict[int, tuple[int, int]] = {}
        self.left: set[int] = set()
        self.barred: set[int] = set()
        self.held: set[int] = set()
        self.answered: dict[greenlet.greenlet, int] = {}
        self.broken: list[str] = []
        self.hub = greenlet.getcurrent()

    def reset(self):
        for model in (Report, Letter, SendWindow, Allowance):
            model.objects.all().delete()
        Subscription.objects.update(status="active")
        Edition.objects.update(status="sending", wave=2)
        edition, variant = Edition.objects.get(), Variant.objects.get()
        self.edition = edition.pk
        readers = Subscriber.objects.order_by("id")
        Letter.objects.bulk_create(
            Letter(edition=edition, subscriber=who, variant=variant, due_at=NOW) for who in readers
        )
        rows = Letter.objects.values_list("subscriber__email", "id")
        self.letter_of = dict(rows)
        shutil.rmtree(self.place, ignore_errors=True)

    def var(self, machine):
        return self.place / f"machine{machine}"

    def start(self, machine):
        made = Process(self, machine)
        self.processes.append(made)
        return made

    def living(self):
        return [one for one in self.processes if one.alive]

    def me(self):
        return self.owner.get(greenlet.getcurrent())

    def gate(self):
        """A step of a process: it waits for its turn, and dies here if it was told to."""
        me = self.me()
        if me is None:
            return
        if me.alive and me.doom:
            me.doom -= 1
            if not me.doom:
                me.alive = False
                self.doubted |= set(me.in_flight)
        if me.alive and not connection.in_atomic_block:
            self.hub.switch()
        if not me.alive:
            raise Died

    def block(self, until):
        """Wait until something is so; the hub may wake it all the same."""
        me = self.me()
        me.waits[greenlet.getcurrent()] = until
        self.hub.switch()
        me.waits.pop(greenlet.getcurrent(), None)
        if not me.alive:
            raise Died

    def rest(self, process, seconds):
        self.gate()
        self.forward(timedelta(seconds=seconds))

    def forward(self, span):
        self.now += span
        if span >= timedelta(minutes=5):
            # Whoever is found hanging has these letters under way.
            for one in self.living():
                self.doubted |= set(one.in_flight)

    def deliver(self, parcel):
        """The mail server: takes a letter or not, and says so or not."""
        letter = self.letter_of[parcel.to]
        if letter in self.barred:
            self.broken.append(f"{letter} was begun, and its reader had left before anybody took it")
        if letter in self.held:
            self.broken.append(f"{letter} was begun, and nobody had taken it before the edition was held")
        answer = self.answers.popleft() if self.answers else "taken"
        self.gate()
        if answer == "hangs up":
            raise TransportError("the server hangs up")
        if answer in ("taken", "taken and lost"):
            self.received[letter] += 1
        self.gate()
        self.answered[greenlet.getcurrent()] = letter
        if answer in ("lost", "taken and lost"):
            self.doubted.add(letter)
            return Lost("no reply came")
        if answer == "refused":
            self.refused.add(letter)
        return {"taken": Accepted("250 ok"), "later": Later("450 4.2.0 later"), "refused": Refused("550 5.1.1 no")}[
            answer
        ]

    def lose(self, machine):
        """A machine burns: its processes, its locks and its journals."""
        for one in self.living():
            if one.machine == machine:
                one.kill()
        windows = [name for name, one in self.workers.items() if one.machine == machine]
        held = Letter.objects.filter(status="attempting", window__worker__in=windows)
        self.doubted |= set(held.values_list("id", flat=True))
        self.taken_by = {letter: on for letter, on in self.taken_by.items() if on[1] != machine}
        shutil.rmtree(self.var(machine), ignore_errors=True)

    def abroad(self):
        """Windows that others may find without their journal, where there is more than one machine."""
        if self.machines > 1:
            self.doubted |= set(Letter.objects.filter(status="attempting").values_list("id", flat=True))

    # What stands in for the kernel's and the library's.

    @contextmanager
    def worker(self, var):
        name = f"{var.name}/{next(self.names)}"
        self.workers[name] = self.me()
        yield name

    @contextmanager
    def if_dead(self, var, name):
        ours = name.startswith(f"{var.name}/")
        yield not self.workers[name].alive and (ours or connection.vendor == "postgresql")

    def known(self, var):
        files = (var / "journal").glob("*.log")
        return sorted(f"{var.name}/{file.stem}" for file in files)

    def executor(self, _most, **_):
        return _Pool(self.me())

    def queue(self):
        return _Queue(self)

    def sql(self, execute, sql, params, many, context):
        me = self.me()
        # What the dead still say in a transaction is rolled back with it.
        if me is None or me.alive or not connection.in_atomic_block:
            self.gate()
        return execute(sql, params, many, context)


class _Queue:
    def __init__(self, world):
        self._world, self._items = world, deque()

    def put(self, item):
        self._items.append(item)

    def empty(self):
        return not self._items

    def get(self, timeout=None):
        while not self._items:
            self._world.block(lambda: bool(self._items))
            if not self._items and timeout is not None:
                self._world.forward(timedelta(seconds=timeout))
                raise Empty
        return self._items.popleft()


class _Pool:
    def __init__(self, process):
        self._process, self._made = process, []

    def submit(self, function, *args):
        self._made.append(self._process.thread(lambda: function(*args)))
        return self

    def result(self):
        """Errors come out by the process."""

    def shutdown(self, wait=True):
        while self._process.alive and not all(one.dead for one in self._made):
            self._process.world.block(lambda: all(one.dead for one in self._made))


class Transport:
    """A way to the simulated server."""

    repeatable = False

    def __init__(self, world):
        self._world = world

    def open(self):
        return self

    def deliver(self, parcel):
        return self._world.deliver(parcel)

    def close(self):
        """Nothing to say."""


def _journal_line(world, write):
    def written(self, line):
        world.gate()
        write(self, line)
        me = world.me()
        # Whoever had an answer and writes of something else has nothing of that letter under way any more.
        me.in_flight.pop(world.answered.pop(greenlet.getcurrent(), None), None)
        for kind, window, letter, *_ in (part.split() for part in line.splitlines() if part[:2] in MARKS):
            if kind == "s":
                me.in_flight[int(letter)] = int(window)
            else:
                if kind == "a":
                    world.taken_by[int(letter)] = (int(window), me.machine)
                me.in_flight.pop(int(letter), None)
        world.gate()

    return written


MARKS = {f"{kind} " for kind in "salrun"}


def _atomic_exit(world, leave):
    def left(self, kind, error, trace):
        last = len(connection.atomic_blocks) == 1 and world.me() is not None
        if last and kind is None:
            try:
                world.gate()
            except Died as died:
                leave(self, Died, died, None)
                raise
        leave(self, kind, error, trace)
        if last and kind is None:
            world.gate()

    return left


@pytest.fixture
def newsroom(transactional_db):
    """One edition and its readers."""
    edition = Edition.objects.create(
        newsletter="daily", slot_key="2026-11-24", slot_at=NOW, number=7, status="sending", window_from=NOW,
        window_to=NOW, drafted_at=NOW, hash="approved",
    )  # fmt: skip
    body = assemble(
        html='<a href="\x01&unsubscribe_url\x02">Leave</a>', text="Leave: \x01unsubscribe_url\x02\n", subject="Ferries",
        sender="The Test Courier <letters@news.example>", site="https://news.example", newsletter="daily",
        title="The Daily", slot="2026-11-24",
    )  # fmt: skip
    Variant.objects.create(
        edition=edition, kind="letter", key="en|*", language="en", body=body, hash=frozen_hash(body), subject="Ferries"
    )
    for n in range(READERS):
        who = Subscriber.objects.create(email=f"reader{n}@inbox.example", handle=1000 + n, language="en", joined_at=NOW)
        Subscription.objects.create(subscriber=who, newsletter="daily", topics=[], consent_at=NOW)
    return edition


@pytest.fixture
def new_world(newsroom, tmp_path: Path, monkeypatch):
    """Makes one world after another; only the latest is real."""
    real = {"write": journal.Journal._write, "leave": Atomic.__exit__}

    @contextmanager
    def make():
        made = World(tmp_path / "world")
        made.reset()
        with ExitStack() as stack, monkeypatch.context() as patch:
            patch.setattr(journal.Journal, "_write", _journal_line(made, real["write"]))
            patch.setattr(Atomic, "__exit__", _atomic_exit(made, real["leave"]))
            for name in ("worker", "if_dead", "known"):
                patch.setattr(locks, name, getattr(made, name))
            patch.setattr(locks, "holds", lambda _name: True)
            patch.setattr(locks, "is_ours", lambda var, name: name.startswith(f"{var.name}/"))
            patch.setattr(threads, "ThreadPoolExecutor", made.executor)
            patch.setattr(threads.queue, "SimpleQueue", made.queue)
            stack.enter_context(connection.execute_wrapper(made.sql))
            try:
                yield made
            finally:
                for one in made.processes:
                    one.kill()

    return make
