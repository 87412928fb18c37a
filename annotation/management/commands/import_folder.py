from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from annotation import access
from annotation.catalog.import_folder import import_folder
from annotation.errors import Refused
from annotation.models import Project


class Command(BaseCommand):
    help = (
        "Import the pictures of a folder; its sub-folders become folders of the project. Safe to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path)
        parser.add_argument(
            "--project", required=True, metavar="WORKSPACE/PROJECT", help="slugs, or the project's id"
        )
        parser.add_argument("--by", metavar="EMAIL", help="who imports; default: the workspace's first owner")

    def handle(self, *args: Any, directory: Path, project: str, by: str | None, **options: Any) -> None:
        if not directory.is_dir():
            raise CommandError(f"{directory} is not a folder.")
        found = _find(project)
        try:
            user = _actor(found, by)
            report = import_folder(found, directory, by=user, progress=self._progress)
        except Refused as refused:
            raise CommandError(refused.sentence) from None
        for sentence in report.sentences:
            self.stderr.write(sentence)
        self.stdout.write(
            f"{report.added} added, {report.duplicates} there already, {report.refused} refused."
        )
        if report.refused and not (report.added or report.duplicates):
            raise CommandError("Nothing was imported.")

    def _progress(self, done: int, total: int) -> None:
        if done == total or done % 100 == 0:
            self.stdout.write(f"{done} of {total} files")


def _find(name: str) -> Project:
    workspace, _, slug = name.rpartition("/")
    projects = Project.objects.select_related("workspace")
    if name.isdecimal():
        found = list(projects.filter(pk=int(name)))
    else:
        named = projects.filter(slug=slug)
        found = list(named.filter(workspace__slug=workspace) if workspace else named)
    if not found:
        raise CommandError(f"There is no project “{name}”. Name it as WORKSPACE/PROJECT, by their slugs.")
    if len(found) > 1:
        raise CommandError(f"Several workspaces have a project “{slug}”. Name it as WORKSPACE/PROJECT.")
    return found[0]


def _actor(project: Project, email: str | None) -> User:
    if email is None:
        owner = (
            project.workspace.memberships.filter(role="owner").select_related("user").order_by("id").first()
        )
        if owner is None:
            raise CommandError("The workspace has no owner. Say who imports with --by EMAIL.")
        return owner.user
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise CommandError(f"Nobody active has the e-mail {email}.")
    access.project_access(user, project).require_admin()
    return user
