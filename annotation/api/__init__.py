"""Mete's own API, `/api/v1`. One router a thing; what went wrong is always problem+json (see `problems`)."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from annotation.api import (
    annotations,
    batches,
    classes,
    folders,
    items,
    members,
    nowhere,
    operations,
    priorities,
    projects,
    request_tasks,
    tasks,
    uploads,
    workspaces,
)
from annotation.api.auth import KeyAuth
from annotation.api.parser import CarefulParser
from annotation.api.problems import add_handlers, always_problems, document


class MeteAPI(NinjaAPI):
    @property
    def urls(self) -> Any:
        patterns, app, namespace = super().urls
        for pattern in patterns:
            pattern.callback = always_problems(pattern.callback)  # type: ignore[arg-type]
        return patterns, app, namespace

    def get_openapi_schema(self, *args: Any, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(*args, **kwargs)
        document(schema)
        return schema


api = MeteAPI(
    title="Mete",
    version="1",
    description="Hands out annotation work. Send `Authorization: Bearer <key>`; errors are problem+json.",
    urls_namespace="api",
    auth=KeyAuth(),
    parser=CarefulParser(),
)
add_handlers(api)
for thing in (
    workspaces,
    projects,
    members,
    classes,
    folders,
    items,
    uploads,
    priorities,
    batches,
    operations,
    request_tasks,
    tasks,
    annotations,
    nowhere,
):
    api.add_router("", thing.router)
