from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.keys import create_key
from accounts.models import User
from annotation.access import workspaces_of


class Command(BaseCommand):
    help = "Make an API key for a person. It is printed once, alone on the last line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--workspace", metavar="SLUG", help="needed where the person has several")
        parser.add_argument("--name", default="shell")

    def handle(self, *args: Any, email: str, workspace: str | None, name: str, **options: Any) -> None:
        user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody active has the e-mail {email}.")
        theirs = workspaces_of(user).order_by("slug")
        chosen = list(theirs.filter(slug=workspace) if workspace else theirs[:20])
        if not chosen:
            raise CommandError(
                f"{email} does not belong to the workspace “{workspace}”."
                if workspace
                else f"{email} belongs to no workspace. Make one: manage.py create_workspace NAME --owner {email}"
            )
        if len(chosen) > 1:
            slugs = ", ".join(each.slug for each in chosen)
            raise CommandError(
                f"{email} belongs to several workspaces. Add --workspace with one of: {slugs}."
            )
        _, plain = create_key(user, chosen[0].pk, name)
        self.stdout.write(
            f"A key of {user.email} for the workspace “{chosen[0].name}”. It is not shown again."
        )
        self.stdout.write(plain)
