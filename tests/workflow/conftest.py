"""Three images in the hands of Ana."""

from __future__ import annotations

import pytest

from accounts.models import User
from annotation.distribution.requests import request_tasks
from annotation.models import Project, Task
from tests.factories import make_batch, make_items


@pytest.fixture
def held(project: Project, ana: User) -> list[Task]:
    """Three images of one batch in Ana's hands."""
    make_batch(project, make_items(project, n=3))
    return request_tasks(project, by=ana).tasks
