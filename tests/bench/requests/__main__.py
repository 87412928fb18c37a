"""Request Tasks at 100,000 and 1,000,000 items: `python -m tests.bench.requests [--database sqlite]`.

Makes a database of its own (on PostgreSQL `mete_bench`, dropped before and after), fills it, and prints a line for
each size and situation. Ends with 1 where a bound is missed by every one of the repeats.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

SITUATIONS = ("fresh", "head eaten", "500,000 paused in front")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", default="100000,1000000", help="sizes, comma separated")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument(
        "--server", default="postgres://postgres@127.0.0.1:5432", help="where mete_bench is made"
    )
    parser.add_argument("--clients", default="1,8,32")
    parser.add_argument("--seconds", type=float, default=2.0, help="of one arm in one repeat")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only-crowd", action="store_true", help="only the 99th percentiles in one folder")
    return parser.parse_args()


def main() -> int:
    chosen = arguments()
    with tempfile.TemporaryDirectory(prefix="mete-bench-") as folder:
        os.environ |= {"METE_ENV": "development", "METE_DEBUG": "false", "METE_DATA_DIR": folder,
                       "METE_LOG_LEVEL": "CRITICAL", "DJANGO_SETTINGS_MODULE": "config.settings"}  # fmt: skip
        os.environ["DATABASE_URL"] = (
            f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
            if chosen.database == "sqlite"
            else f"{chosen.server}/mete_bench"
        )
        if chosen.database == "postgresql":
            recreate(chosen.server)
        try:
            return bench(chosen)
        finally:
            if chosen.database == "postgresql":
                recreate(chosen.server, again=False)


def recreate(server: str, again: bool = True) -> None:
    import psycopg

    if "django" in sys.modules:
        from django.db import connections

        connections.close_all()
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS mete_bench WITH (FORCE)")
        if again:
            admin.execute("CREATE DATABASE mete_bench")


def bench(chosen: argparse.Namespace) -> int:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.bench.requests import data, report

    logging.getLogger("mete.request").setLevel(logging.ERROR)
    call_command("migrate", verbosity=0)
    print(report.machine(), flush=True)
    sizes = [int(size) for size in chosen.items.split(",")]
    clients = [int(number) for number in chosen.clients.split(",")]
    tables = report.Tables(chosen.database, chosen.seconds, chosen.repeats)
    crowds = [8] if chosen.database == "sqlite" else [32, 64]
    for size in sizes:
        at = time.monotonic()
        if chosen.only_crowd:
            tables.crowd(data.make_project(size, folders=1), size, crowds)
            continue
        project = data.make_project(size)
        print(
            f"\n{size:,} items in {data.FOLDERS} folders, filled in {time.monotonic() - at:.0f} s", flush=True
        )
        for situation in SITUATIONS:
            if situation.endswith("front"):
                if size != sizes[-1]:
                    continue
                data.put_paused_in_front(project, 500_000)
            for number in clients:
                tables.measure(project, size, situation, number)
        tables.http(project, size)
        crowded = data.make_project(size, folders=1)
        tables.crowd(crowded, size, crowds)
    return tables.verdict()


if __name__ == "__main__":
    sys.exit(main())
