"""`manage.py demo`: a complete Mete on this machine, with pictures, people and work in every status."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from annotation.demo import story
from annotation.demo.supervise import Supervisor, children
from annotation.errors import Refused
from annotation.models import Workspace

SIGN_INS = (
    ("ada", "workspace admin: batches, people, settings, Django admin"),
    ("ana", "annotator: Request Tasks, draw, submit"),
    ("ben", "annotator: holds an image that was returned"),
    ("quinn", "QA: requests what waits for a quality check"),
)


class Command(BaseCommand):
    help = "Run Mete with demo data: migrates, plays a story once, starts web server and worker."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--images", type=Path, help="a folder of your own pictures instead of drawn ones")
        parser.add_argument("--reset", action="store_true", help="delete the demo's data and start afresh")

    def handle(self, *args: Any, port: int, images: Path | None, reset: bool, **options: Any) -> None:
        if images is not None and not images.is_dir():
            raise CommandError(f"{images} is not a folder. Name one that holds JPEG, PNG or WebP pictures.")
        _refuse_taken(port)
        if reset:
            self._reset()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        if not story.is_told():
            self._tell(images)
        self._serve(port)

    def _tell(self, images: Path | None) -> None:
        if story.is_begun():
            raise CommandError(
                "The demo's story was interrupted. Run `manage.py demo --reset` to start afresh."
            )
        try:
            story.tell(images.resolve() if images else None, self.stdout.write)
        except Refused as refused:
            raise CommandError(refused.sentence) from None

    def _reset(self) -> None:
        """Only ever a demo's data: a database that holds another workspace is left alone."""
        tables = connection.introspection.table_names()
        if Workspace._meta.db_table in tables:
            others = Workspace.objects.exclude(slug=story.WORKSPACE).count()
            if others:
                raise CommandError(
                    f"This database holds {others} more workspaces than the demo's own, so --reset will not empty it. "
                    "Use another DATABASE_URL or METE_DATA_DIR."
                )
            if connection.vendor == "sqlite":
                connection.close()
                base = str(settings.DATABASES["default"]["NAME"])
                for suffix in ("", "-wal", "-shm"):
                    Path(base + suffix).unlink(missing_ok=True)
            else:
                call_command("flush", verbosity=0, interactive=False)
        for name in ("media", "broker/messages"):
            shutil.rmtree(Path(settings.DATA_DIR) / name, ignore_errors=True)
        (Path(settings.DATA_DIR) / "broker" / "messages").mkdir(parents=True, exist_ok=True)

    def _serve(self, port: int) -> None:
        supervisor = Supervisor(children(port), dict(os.environ), self.stderr.write)
        threading.Thread(target=self._greet, args=(port, supervisor.stopping), daemon=True).start()
        connection.close()
        supervisor.run()
        self.stdout.write("\nStopped.")

    def _greet(self, port: int, stopping: threading.Event) -> None:
        """Once the server answers, say where it is and who may sign in."""
        url = f"http://127.0.0.1:{port}"
        while not stopping.is_set():
            try:
                urllib.request.urlopen(f"{url}/healthz", timeout=2).close()  # noqa: S310 - our own address
                break
            except OSError:
                time.sleep(0.1)
        lines = [f"\nMete runs at {url}  (Ctrl-C stops it)\n", f"Password for everybody: {story.PASSWORD}"]
        lines += [f"  {name + '@example.com':<20} {what}" for name, what in SIGN_INS]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(
                f"Port {port} is taken. Choose another: manage.py demo --port {port + 1}"
            ) from None
        except OverflowError:
            raise CommandError(f"{port} is no port. Choose a number from 1 to 65535.") from None
