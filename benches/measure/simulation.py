"""A simulation of the threads of a run: what they do in the order of the program, on so many cores."""

from __future__ import annotations

import functools
import heapq
import itertools
import math
import re
from collections import defaultdict, deque
from collections.abc import Generator, Hashable
from dataclasses import dataclass
from typing import Optional, Union

from .command import Failed
from .page import ROOT

# A thread yields seconds of work, or an event that it waits for.
Thread = Generator[Union[float, Hashable], None, None]
# The bytes of text of a simulated run: so many that its beginning and its end do not count.
BYTES = 4 << 30
FILES = 64


@functools.cache
def constant(path: str, name: str) -> int:
    """Returns a constant of the program, which is a number or a product of numbers in its source."""
    found = re.search(rf"const {name}: \w+ = ([\d_ *]+);", (ROOT / path).read_text(encoding="utf-8"))
    if found is None:
        raise Failed(f"{path} has no constant {name} that is a product of numbers: name another one in {__file__}")
    return math.prod(int(factor) for factor in found[1].split("*"))


BLOCK = ("src/program/input/blocks.rs", "BLOCK_BYTES")
CHUNK = ("src/program/output/held.rs", "CHUNK_BYTES")
IN_MEMORY = ("src/program/output/held.rs", "CHUNKS_MAX")
ON_DISK = ("src/program/output/held.rs", "CHUNKS_ON_DISK_MAX")
AHEAD = ("src/program/output/turns.rs", "JOBS_AHEAD_MAX")
DECODED = ("src/program/input/read_ahead.rs", "PIECE_BYTES")
DECODED_PIECES = ("src/program/input/read_ahead.rs", "PIECES")
PACKED = ("src/program/compression/formats/gzip_pieces.rs", "PIECE_BYTES")
CONSTANTS = (BLOCK, CHUNK, IN_MEMORY, ON_DISK, AHEAD, DECODED, DECODED_PIECES, PACKED)


def read_constants() -> None:
    """Reads all constants, so that one which has another name by now is told at once."""
    for path, name in CONSTANTS:
        constant(path, name)


@dataclass(frozen=True)
class Costs:
    """What a run takes, in seconds for each byte of text."""

    # What is split among threads: reading, decoding and annotating, as far as they are.
    split: float
    # What one thread does at a time.
    serial: float = 0.0
    # Packing, which is split among them in pieces of its own.
    pack: float = 0.0
    # Reading output again that was held back on disk.
    again: float = 0.0

    def by_law(self, threads: float) -> float:
        """Returns the seconds for each byte by Amdahl's law."""
        return self.serial + (self.split + self.pack) / threads


class Machine:
    """Cores, and the threads that run on them; a core stays with a thread until its step of work is done."""

    def __init__(self, cores: int) -> None:
        self.now, self.idle = 0.0, cores
        self.ready: deque[tuple[Thread, float]] = deque()
        self.running: list[tuple[float, int, Thread]] = []
        self.waiting: defaultdict[Hashable, list[Thread]] = defaultdict(list)
        self.numbers = itertools.count()

    def start(self, thread: Thread) -> None:
        self.ready.append((thread, 0.0))

    def tell(self, event: Hashable) -> None:
        """Makes the threads ready that wait for an event."""
        for thread in self.waiting.pop(event, ()):
            self.start(thread)

    def run(self) -> float:
        """Runs all threads to their ends, and returns the time."""
        while self.ready or self.running:
            while self.ready and self.idle:
                thread, seconds = self.ready.popleft()
                self.idle -= 1
                heapq.heappush(self.running, (self.now + seconds, next(self.numbers), thread))
            self.now, _, thread = heapq.heappop(self.running)
            self.idle += 1
            step = next(thread, None)
            if isinstance(step, float):
                self.ready.append((thread, step))
            elif step is not None:
                self.waiting[step].append(thread)
        if self.waiting:
            raise Failed(f"the simulation stands still: {', '.join(map(str, self.waiting))} never comes")
        return self.now


@dataclass
class Held:
    """The chunks of output that a job holds back."""

    memory: int = 0
    disk: int = 0


class Packing:
    """Pieces that are packed by the thread that writes and by spare ones, as `src/program/system/side_work.rs` does it."""

    def __init__(self, machine: Machine, seconds: float) -> None:
        self.machine, self.seconds = machine, seconds
        # Threads that have nothing else to do, as `src/program/system/thread_budget.rs` counts them.
        self.spare = self.packers = self.waiting = self.on_the_way = 0

    def push(self) -> Thread:
        """Hands over a piece, and packs as long as too many are on their way."""
        self.waiting += 1
        self.on_the_way += 1
        if self.spare > 0:
            self.spare -= 1
            self.packers += 1
            self.machine.start(self.packer())
        while self.on_the_way > 2 * self.packers:
            yield from self.pack()

    def pack(self) -> Thread:
        """Packs a piece that waits; else waits until one is packed."""
        if not self.waiting:
            yield "a packed piece"
            return
        self.waiting -= 1
        yield self.seconds
        self.on_the_way -= 1
        self.machine.tell("a packed piece")

    def packer(self) -> Thread:
        while self.waiting and self.spare >= 0:
            yield from self.pack()
        self.packers -= 1
        self.spare += 1
        self.machine.tell("a packed piece")


class Turns:
    """Jobs whose output is written in turn, as `src/program/output/turns.rs` does it."""

    def __init__(self, threads: int, job_bytes: int, costs: Costs) -> None:
        self.machine, self.costs = Machine(threads), costs
        self.jobs, self.chunks = BYTES // job_bytes, job_bytes // constant(*CHUNK)
        self.next = self.turn = 0
        self.ended: dict[int, Held] = {}
        self.ahead = constant(*AHEAD) * threads
        self.memory = constant(*IN_MEMORY) * threads
        self.disk = 0 if costs.pack else constant(*ON_DISK) * threads
        self.packing = Packing(self.machine, costs.pack * constant(*PACKED))
        for _ in range(threads):
            self.machine.start(self.worker())

    def worker(self) -> Thread:
        while self.next < self.jobs:
            ticket, held = self.next, Held()
            self.next += 1
            yield from self.until(ticket - self.ahead + 1)
            for _ in range(self.chunks):
                yield self.costs.split * constant(*CHUNK)
                yield from self.chunk(ticket, held)
            if self.turn == ticket:
                yield from self.end_turns(held)
            else:
                self.ended[ticket] = held
        self.packing.spare += 1

    def until(self, turn: int) -> Thread:
        """Waits for a turn. Other work can have the thread meanwhile."""
        self.packing.spare += 1
        while self.turn < turn:
            yield ("turn", turn)
        self.packing.spare -= 1

    def chunk(self, ticket: int, held: Held) -> Thread:
        """Writes a chunk in its turn, or holds it back: in memory, else on disk, else by waiting."""
        if self.turn != ticket:
            if self.memory and not held.disk:
                self.memory -= 1
                held.memory += 1
                return
            if self.disk:
                self.disk -= 1
                held.disk += 1
                yield self.costs.serial * constant(*CHUNK)
                return
            yield from self.until(ticket)
        yield from self.write(held, 1)

    def write(self, held: Held, more: int) -> Thread:
        """Writes what is held back, and more chunks behind it."""
        memory, disk = held.memory, held.disk
        held.memory = held.disk = 0
        chunks = memory + disk + more
        yield (chunks * self.costs.serial + disk * self.costs.again) * constant(*CHUNK)
        if self.costs.pack:
            for _ in range(chunks * constant(*CHUNK) // constant(*PACKED)):
                yield from self.packing.push()
        self.memory += memory
        self.disk += disk

    def end_turns(self, held: Optional[Held]) -> Thread:
        """Ends the job whose turn it is, and each next one that has ended before its turn."""
        while held is not None:
            yield from self.write(held, 0)
            self.turn += 1
            self.machine.tell(("turn", self.turn))
            held = self.ended.pop(self.turn, None)
        while self.turn == self.jobs and self.packing.on_the_way:
            yield from self.packing.pack()


def one_plain_file(threads: int, costs: Costs) -> float:
    """Returns the seconds for each byte of a plain file, whose blocks are split among threads."""
    return Turns(threads, constant(*BLOCK), costs).machine.run() / BYTES


def files_in_turn(threads: int, costs: Costs) -> float:
    """Returns the seconds for each byte of files that go to one stream, each done by one thread."""
    return Turns(threads, BYTES // FILES, costs).machine.run() / BYTES


def files_apart(threads: int, costs: Costs) -> float:
    """Returns the seconds for each byte of files that keep no order, each done by one thread, in rounds of one size."""
    return (costs.serial + costs.split + costs.pack) * math.ceil(FILES / threads) / FILES


def decoded_ahead(threads: int, costs: Costs) -> float:
    """Returns the seconds for each byte of one packed file: a thread decodes ahead, in pieces, and one annotates."""
    if threads == 1:
        return costs.by_law(1)
    piece, room = constant(*DECODED), constant(*DECODED_PIECES) - 1
    # The times when the decoder has done a piece, and when it is taken, which gives the piece before back.
    done, taken = 0.0, [-costs.split * piece]
    for number in range(BYTES // piece):
        done = max(done, taken[number - room + 1] if number >= room else 0.0) + costs.serial * piece
        taken.append(max(done, taken[-1] + costs.split * piece))
    return (taken[-1] + costs.split * piece) / BYTES
