"""Who may do what at every address: one line an address. A new URL without a line fails `test_every_door`.

Pages and API addresses are keyed by URL name or route; the Django admin's are generated from its registry there.
A line says, per HTTP method, how near one has to stand:

PUBLIC · SIGNED_IN · KNOWN (a member of the workspace) · MEMBER (of the project) · REQUESTER (annotator or QA) ·
SEES (admins, QAs, the worker of the item) · MOVES (the holder, admins) · ADMIN (of the project) · OWNER (admin of
the workspace)

Foreign people get 404, members without the right 403, nobody a 500. "no" is 403 or 409: the move table answers.
"""

from __future__ import annotations

OK, FORBIDDEN, GONE, NO = "ok", "403", "404", "no"

ROLES = ["mallory", "root", "ben", "ana", "quinn", "pia", "ada"]
"""Foreign admin, superuser who is no member, annotator without this item, its holder, QA, project admin, owner."""


def _level(foreign: str, ben: str, ana: str, quinn: str, pia: str, ada: str) -> dict[str, str]:
    return dict(zip(ROLES, [foreign, foreign, ben, ana, quinn, pia, ada], strict=True))


PUBLIC = _level(OK, OK, OK, OK, OK, OK)
SIGNED_IN = _level(OK, OK, OK, OK, OK, OK)
KNOWN = _level(GONE, OK, OK, OK, OK, OK)
MEMBER = _level(GONE, OK, OK, OK, OK, OK)
REQUESTER = _level(GONE, OK, OK, OK, FORBIDDEN, FORBIDDEN)
SEES = _level(GONE, GONE, OK, OK, OK, OK)
MOVES = _level(GONE, GONE, OK, NO, OK, OK)
ADMIN = _level(GONE, FORBIDDEN, FORBIDDEN, FORBIDDEN, OK, OK)
ADMIN_WHO_SEES = _level(GONE, GONE, FORBIDDEN, FORBIDDEN, OK, OK)
COMPLETES = _level(GONE, GONE, NO, NO, OK, OK)
MAKES = _level(OK, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, OK)
REQUESTS_FROM_TASK = _level(GONE, GONE, OK, OK, FORBIDDEN, FORBIDDEN)
OWNER = _level(GONE, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, OK)

Methods = dict[str, dict[str, str]]


def get(level: dict[str, str]) -> Methods:
    return {"GET": level}


def post(level: dict[str, str]) -> Methods:
    return {"POST": level}


def both(level: dict[str, str]) -> Methods:
    return {"GET": level, "POST": level}


def every(level: dict[str, str]) -> Methods:
    return dict.fromkeys(["GET", "POST", "PUT", "PATCH", "DELETE"], level)


PAGES: dict[str, Methods] = {
    "healthz": get(PUBLIC),
    "sign_in": both(PUBLIC),
    "sign_out": post(PUBLIC),
    "set_password": both(PUBLIC),
    "appearance": post(PUBLIC),
    "home": get(SIGNED_IN),
    "workspace_new": both(MAKES),
    "project_new": both(OWNER),
    "project_instructions": get(MEMBER),
    "project_members": both(ADMIN),
    "member_change": post(ADMIN),
    "project_settings": both(ADMIN),
    "class_add": post(ADMIN),
    "class_edit": both(ADMIN),
    "class_delete": post(ADMIN),
    "project_data": get(MEMBER),
    "request_tasks": post(REQUESTER),
    "upload_images": both(ADMIN),
    "folder_create": both(ADMIN),
    "folder_assign": both(ADMIN),
    "folder_hold": post(ADMIN),
    "project_batches": get(ADMIN),
    "batch_new": both(ADMIN),
    "batch_preview": get(ADMIN),
    "batch_detail": get(ADMIN),
    "batch_action": post(ADMIN),
    "operation_progress": get(ADMIN),
    "operation_cancel": post(ADMIN),
    "item_detail": get(SEES),
    "item_image": get(SEES),
    "item_thumbnail": get(SEES),
    "task_editor": get(SEES),
    "task_annotations": {"GET": SEES, "PUT": MOVES},
    "task_draft": post(SEES),
    "editor_strip": get(SEES),
    "editor_request": post(REQUESTS_FROM_TASK),
    "task_move": post(MOVES),
}

API: dict[str, Methods] = {
    "openapi.json": every(PUBLIC),
    "docs": every(PUBLIC),
    "operations/<operation_id>": get(ADMIN),
    "workspaces": {"GET": SIGNED_IN, "POST": MAKES},
    "workspaces/<slug>/projects": {"GET": KNOWN, "POST": OWNER},
    "workspaces/<slug>/members": get(OWNER),
    "workspaces/<slug>/members/<email>": {"PUT": OWNER, "DELETE": OWNER},
    "projects/<project_id>": {"GET": MEMBER, "PATCH": ADMIN},
    "projects/<project_id>/members": get(ADMIN),
    "projects/<project_id>/members/<email>": {"PUT": ADMIN, "DELETE": ADMIN},
    "projects/<project_id>/folders": {"GET": MEMBER, "POST": ADMIN},
    "projects/<project_id>/classes": {"GET": MEMBER, "POST": ADMIN},
    "projects/<project_id>/classes/<class_id>": {"PATCH": ADMIN, "DELETE": ADMIN},
    "projects/<project_id>/items": {"GET": MEMBER, "POST": ADMIN},
    "projects/<project_id>/uploads": {"GET": ADMIN, "POST": ADMIN},
    "projects/<project_id>/priorities": post(ADMIN),
    "projects/<project_id>/batches": {"GET": ADMIN, "POST": ADMIN},
    "projects/<project_id>/batches/preview": post(ADMIN),
    "projects/<project_id>/request-tasks": post(REQUESTER),
    "projects/<project_id>/tasks": get(MEMBER),
    "folders/<folder_id>/assignees": {"PUT": ADMIN},
    "items/<item_id>": {"GET": SEES, "PATCH": ADMIN_WHO_SEES},
    "items/<item_id>/image": get(SEES),
    "batches/<batch_id>": get(ADMIN),
    "batches/<batch_id>/launch": post(ADMIN),
    "batches/<batch_id>/pause": post(ADMIN),
    "batches/<batch_id>/resume": post(ADMIN),
    "batches/<batch_id>/cancel": post(ADMIN),
    "tasks/<task_id>": get(SEES),
    "tasks/<task_id>/start": post(MOVES),
    "tasks/<task_id>/submit": post(MOVES),
    "tasks/<task_id>/withdraw": post(MOVES),
    "tasks/<task_id>/accept": post(MOVES),
    "tasks/<task_id>/reject": post(MOVES),
    "tasks/<task_id>/send-back": post(MOVES),
    "tasks/<task_id>/skip": post(MOVES),
    "tasks/<task_id>/complete": post(COMPLETES),
    "tasks/<task_id>/give": post(ADMIN_WHO_SEES),
    "tasks/<task_id>/release": post(ADMIN_WHO_SEES),
    "tasks/<task_id>/annotations": {"GET": SEES, "PUT": MOVES},
}


ADMIN_MODELS = {
    "batch": ("a", "a"),
    "operation": ("", ""),
    "project": ("ac", "ac"),
    "folder": ("ac", "ac"),
    "item": ("", ""),
    "upload": ("", ""),
    "task": ("", ""),
    "stage": ("", ""),
    "event": ("", ""),
    "projectmembership": ("acd", "acd"),
    "workspace": ("", "a"),
    "workspacemembership": ("acd", "acd"),
    "user": ("c", "ac"),
    "apikey": ("a", "a"),
}
"""What a workspace admin, and a superuser, may do in the Django admin: **a**dd, **c**hange, **d**elete."""

ADMIN_SITE: dict[str, dict[str, set[int]]] = {
    "index": {"GET": {200}, "POST": {200}},
    "login": {"GET": {302}, "POST": {302}},
    "logout": {"GET": {405}, "POST": {200, 302}},
    "password_change": {"GET": {200}, "POST": {200}},
    "password_change_done": {"GET": {200}, "POST": {405}},
    "autocomplete": {"GET": {403}, "POST": {405}},
    "jsi18n": {"GET": {200}, "POST": {405}},
    "app_list": {"GET": {200}, "POST": {200}},
    "admin/(?P<url>.*)$": {"GET": {404}, "POST": {404}},
}
"""For staff. An autocomplete without a field of ours to complete is refused."""

THIRD_PARTY = {"axes"}
"""A superuser's alone, by Django's own permissions."""
