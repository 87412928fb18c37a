"""People by e-mail: found in any case, made where unknown, with a link to set their password once."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User
from annotation.errors import Invalid
from annotation.members.people import set_project_role, set_workspace_role
from annotation.models import Project, Workspace


@dataclass(frozen=True)
class Invited:
    """`link` is the path of a one-time page to set a password; None for somebody who has one."""

    user: User
    link: str | None
    is_new: bool


def find_or_make(email: object) -> Invited:
    """The person with this address. Raises `Invalid` where it is none."""
    if not isinstance(email, str) or "\x00" in email:
        raise Invalid("The e-mail address must be text.", field="email")
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(
            f"“{email[:100]}” is no e-mail address. Write it like ana@example.com.", field="email"
        ) from None
    if len(email) > 254:
        raise Invalid("The e-mail address has more than 254 characters.", field="email")
    user = User.objects.filter(email=email).first()
    is_new = False
    if user is None:
        user, is_new = _made(email)
    return Invited(user, None if user.has_usable_password() else password_link(user), is_new)


def _made(email: str) -> tuple[User, bool]:
    """Whether it is new, too: somebody else may invite them at this moment."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email), True
    except IntegrityError:
        return User.objects.get(email=email), False


@transaction.atomic
def invite_to_project(project: Project, email: object, role: str, *, by: User, door: str = "page") -> Invited:
    invited = find_or_make(email)
    set_project_role(project, invited.user, role, by=by, door=door)
    return invited


@transaction.atomic
def invite_to_workspace(
    workspace: Workspace, email: object, role: str, *, by: User, usual_role: str = ""
) -> Invited:
    invited = find_or_make(email)
    set_workspace_role(workspace, invited.user, role, by=by, usual_role=usual_role)
    return invited


def password_link(user: User) -> str:
    """The path of a page where `user` sets a password; it works once and for a few days."""
    return reverse(
        "set_password",
        args=[urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)],
    )
