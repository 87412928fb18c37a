"""Uploads: named sets of items that came in together."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from accounts.models import User
from annotation.errors import Invalid
from annotation.models import Project, Upload
from annotation.models.fields import clean_name


def get_or_create_upload(project: Project, name: object, *, by: User) -> Upload:
    """The upload of this name, made if new. Raises `Invalid` for a bad name."""
    if not isinstance(name, str):
        raise Invalid("The upload's name must be text.", field="upload")
    try:
        clean = clean_name(name.strip().replace("/", "-"))
    except ValueError as error:
        raise Invalid(f"This cannot be an upload's name: {error}", field="upload") from None
    found = Upload.objects.filter(project=project, name=clean).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Upload.objects.create(project=project, name=clean, created_by=by)
    except IntegrityError:
        return Upload.objects.get(project=project, name=clean)
