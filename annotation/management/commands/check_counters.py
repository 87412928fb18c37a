from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotation.models import Project
from annotation.workflow import counts


class Command(BaseCommand):
    help = "Compare the kept counts of every folder and batch with the rows. With --repair, put them right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true")

    def handle(self, *args: Any, repair: bool, **options: Any) -> None:
        wrong = 0
        for project in Project.objects.order_by("id").iterator():
            found = counts.drift(project.pk)
            wrong += len(found)
            for drift in found:
                self.stdout.write(
                    f"{project}: {drift.scope} {drift.scope_id}, {drift.status}: kept {drift.kept}, rows {drift.rows}"
                )
            if found and repair:
                counts.recount(project.pk)
        if wrong == 0:
            self.stdout.write("All counts are those of the rows.")
        elif repair:
            self.stdout.write(f"{wrong} counts were wrong and are put right.")
        else:
            self.stdout.write(f"{wrong} counts are wrong. Put them right with --repair.")
            raise SystemExit(1)
