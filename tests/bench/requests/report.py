"""Runs the arms in turn, prints a line for each situation, and says which bounds hold."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass, field
from pathlib import Path

from annotation.models import Project
from tests.bench.requests.clients import Clients, Round
from tests.bench.requests.data import restore
from tests.bench.requests.http import cpu_of_http

RULE_TO_STATEMENTS, RULE_TO_BARE, BIG_TO_SMALL, CROWD, HTTP = 1.3, 2.5, 1.2, 0.5, 3.0
SQLITE_TO_BARE, SQLITE_WORST_MS = 4.0, 500.0


def machine() -> str:
    """What it runs on, and how busy that is before anything was started."""
    idle = _idle_percent()
    load = " ".join(f"{one:.2f}" for one in os.getloadavg())
    what = f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    return f"{what}, load {load}, idle {idle:.0f} %"


@dataclass
class Tables:
    database: str
    seconds: float
    repeats: int
    ratios: dict[tuple[int, str, int], list[float]] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    heading: str = ""

    @property
    def arms(self) -> list[str]:
        return ["rule", "bare"] if self.database == "sqlite" else ["rule", "statements", "bare"]

    def measure(self, project: Project, size: int, situation: str, clients: int) -> None:
        rounds = self._rounds(project, clients, vacuums=situation != "head eaten")
        against = "bare" if self.database == "sqlite" else "statements"
        ratios = [_p50(one["rule"]) / _p50(one[against]) for one in rounds]
        to_bare = [_p50(one["rule"]) / _p50(one["bare"]) for one in rounds]
        self.ratios[size, situation, clients] = ratios
        name = f"{size:,} {situation}, {clients} clients"
        self._line(name, rounds, ratios, to_bare)
        self._no_doubles(name, rounds)
        if self.database == "sqlite":
            self._bound(f"{name}: rule / bare", to_bare, SQLITE_TO_BARE)
            return
        self._bound(f"{name}: rule / statements", ratios, RULE_TO_STATEMENTS)
        self._bound(f"{name}: rule / bare", to_bare, RULE_TO_BARE)

    def crowd(self, project: Project, size: int, crowds: list[int]) -> None:
        """Everybody in the only folder, and its head is eaten, for longer: how long the unlucky wait."""
        for clients in crowds:
            rounds = self._rounds(project, clients, ["rule", "bare"], 2 * self.seconds)
            rule, bare = (
                [one["rule"].quantile(0.99) for one in rounds],
                [one["bare"].quantile(0.99) for one in rounds],
            )
            ratios = [a / b for a, b in zip(rule, bare, strict=True)]
            worst = [max(one["rule"].ms) for one in rounds]
            print(
                f"  {size:,}, {clients} in one folder: p99 rule {_span(rule)} ms, bare {_span(bare)} ms, "
                f"ratio {_span(ratios)}; worst of the rule {_span(worst)} ms",
                flush=True,
            )
            if self.database == "sqlite":
                self._bound(f"{size:,}, {clients} clients: worst wait in ms", worst, SQLITE_WORST_MS)
            else:
                self._bound(f"{size:,}, {clients} in one folder: p99 rule / bare", ratios, CROWD)

    def http(self, project: Project, size: int) -> None:
        found = cpu_of_http(project, self.repeats)
        ratios = [cpu["http"] / (cpu["empty"] + cpu["rule"]) for cpu in found]
        shown = ", ".join(
            f"{name} {_span([cpu[name] for cpu in found])} ms" for name in ("http", "empty", "rule")
        )
        print(f"  {size:,}, CPU a call: {shown}; HTTP / (empty + rule) {_span(ratios)}", flush=True)
        self._bound(f"{size:,}: HTTP / (empty endpoint + rule), CPU", ratios, HTTP)

    def verdict(self) -> int:
        sizes = sorted({size for size, *_ in self.ratios})
        for big in sizes[1:]:
            for (size, situation, clients), ratios in self.ratios.items():
                small = self.ratios.get((sizes[0], situation, clients))
                if size == big and small:
                    growth = [ratio / _middle(small) for ratio in ratios]
                    print(
                        f"  {situation}, {clients} clients: ratio at {big:,} / at {sizes[0]:,} = {_span(growth)}"
                    )
                    self._bound(
                        f"{situation}, {clients} clients: {big:,} to {sizes[0]:,}", growth, BIG_TO_SMALL
                    )
        print("\nMissed by every repeat:" if self.missed else "\nEvery bound holds.")
        for sentence in self.missed:
            print(f"  {sentence}")
        return bool(self.missed)

    def _rounds(
        self,
        project: Project,
        clients: int,
        arms: list[str] | None = None,
        seconds: float = 0.0,
        *,
        vacuums: bool = True,
    ) -> list[dict[str, Round]]:
        """What one arm ate is put back for the next; without a vacuum its dead rows stand at the head of the queue."""
        rounds: list[dict[str, Round]] = []
        crew = Clients(project.pk, clients)
        try:
            for number in range(self.repeats):
                rounds.append({})
                for arm in _turned(arms or self.arms, number):
                    rounds[-1][arm] = crew.run(arm, seconds or self.seconds)
                    restore(project, vacuums)
        finally:
            crew.close()
        return rounds

    def _line(
        self, name: str, rounds: list[dict[str, Round]], ratios: list[float], to_bare: list[float]
    ) -> None:
        if not self.heading:
            self.heading = (
                f"  {'situation':50} {'p50 in ms (min–max)':70} rule / same statements, rule / bare"
            )
            print(self.heading)
        arms = ", ".join(f"{arm} {_span([_p50(one[arm]) for one in rounds])}" for arm in self.arms)
        rate = sum(len(one["rule"].ms) for one in rounds) / sum(one["rule"].seconds for one in rounds)
        both = f"{_span(ratios)}, {_span(to_bare)}" if self.database == "postgresql" else _span(to_bare)
        print(f"  {name:50} {arms:70} {both}   ({rate:.0f} requests/s, n = {len(rounds)})", flush=True)

    def _no_doubles(self, name: str, rounds: list[dict[str, Round]]) -> None:
        each = [one[arm].ids for one in rounds for arm in self.arms]
        doubles = sum(len(ids) - len(set(ids)) for ids in each)
        print(f"  {name}: {sum(map(len, each)):,} tasks handed out, {doubles} twice", flush=True)
        if doubles:
            self.missed.append(f"{name}: {doubles} tasks were handed out twice")

    def _bound(self, name: str, found: list[float], bound: float) -> None:
        if min(found) > bound:
            self.missed.append(f"{name} is {_span(found)}, should be at most {bound:g}")


def _turned(arms: list[str], number: int) -> list[str]:
    """Each repeat begins with another arm."""
    at = number % len(arms)
    return arms[at:] + arms[:at]


def _p50(one: Round) -> float:
    return one.quantile(0.5)


def _middle(found: list[float]) -> float:
    return sorted(found)[len(found) // 2]


def _span(found: list[float]) -> str:
    return f"{_middle(found):.2f} ({min(found):.2f}–{max(found):.2f})"


def _idle_percent() -> float:
    def read() -> tuple[int, int]:
        numbers = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
        return numbers[3], sum(numbers)

    if not Path("/proc/stat").exists():
        return float("nan")
    idle, total = read()
    time.sleep(1)
    idle_then, total_then = read()
    return 100 * (idle_then - idle) / max(1, total_then - total)
