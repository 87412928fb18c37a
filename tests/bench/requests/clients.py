"""Client processes in a closed loop, forked once and told what to do, round by round."""

from __future__ import annotations

import multiprocessing
import time
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing.connection import Connection

from django.db import connections

from annotation.errors import Refused
from tests.bench.requests.arms import Arm, place_of


@dataclass
class Round:
    """Milliseconds of each call of all clients, and the ids they got."""

    ms: list[float] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    seconds: float = 0.0

    def quantile(self, q: float) -> float:
        ordered = sorted(self.ms)
        return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


class Clients:
    def __init__(self, project_id: int, n: int) -> None:
        connections.close_all()
        fork = multiprocessing.get_context("fork")
        self.pipes: list[Connection] = []
        self.processes = []
        for number in range(n):
            ours, theirs = fork.Pipe()
            process = fork.Process(target=_serve, args=(theirs, project_id, number, n), daemon=True)
            process.start()
            self.pipes.append(ours)
            self.processes.append(process)
        for pipe in self.pipes:
            assert pipe.recv() == "ready"

    def run(self, arm: str, seconds: float) -> Round:
        begin = time.monotonic() + 0.05
        for pipe in self.pipes:
            pipe.send((arm, begin, seconds))
        told = Round(seconds=seconds)
        for pipe in self.pipes:
            ms, ids = pipe.recv()
            told.ms += ms
            told.ids += ids
        return told

    def close(self) -> None:
        for pipe in self.pipes:
            pipe.send(None)
        for process in self.processes:
            process.join(10)


def _serve(pipe: Connection, project_id: int, number: int, n: int) -> None:
    """Each call is made by somebody else, for nobody may ask again while they hold work."""
    place = place_of(project_id)
    arms = place.arms()
    people = cycle(sorted(place.people)[number::n])
    me = next(people)
    for arm in arms.values():
        place.put_back(_call(arm, me))
    pipe.send("ready")
    while (order := pipe.recv()) is not None:
        name, begin, seconds = order
        time.sleep(max(0.0, begin - time.monotonic()))
        ms, ids = [], []
        while time.monotonic() < begin + seconds:
            at = time.perf_counter()
            got = _call(arms[name], me)
            ms.append(1000 * (time.perf_counter() - at))
            ids += got
            me = next(people)
        pipe.send((ms, ids))


def _call(arm: Arm, me: int) -> list[int]:
    try:
        return arm(me)
    except Refused:
        return []
