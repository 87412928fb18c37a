from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from annotation.errors import Refused
from annotation.members.workspaces import create_workspace


class Command(BaseCommand):
    help = "Make a workspace. Its owner is made too where the e-mail is new; give them a password with changepassword."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, metavar="EMAIL")

    def handle(self, *args: Any, name: str, owner: str, **options: Any) -> None:
        email = owner.strip().lower()
        user = User.objects.filter(email=email).first() or User.objects.create_user(email)
        try:
            workspace = create_workspace(name, owner=user)
        except Refused as refused:
            raise CommandError(refused.sentence) from None
        self.stdout.write(f"Made the workspace “{workspace.name}” (/w/{workspace.slug}), owned by {email}.")
        if not user.has_usable_password():
            self.stdout.write(f"{email} has no password yet: manage.py changepassword {email}")
