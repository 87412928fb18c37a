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
OWNER = _level(GONE, FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, OK)

Methods = dict[str, dict[str, str]]


def get(level: dict[str, str]) -> Methods:
    return {"GET": level}


def post(level: dict[str, str]) -> Methods:
    return {"POST": level}


def both(level: dict[str, str]) -> Methods:
    return {"GET": level, "POST": level}


PAGES: dict[str, Methods] = {
    "healthz": get(PUBLIC),
    "sign_in": both(PUBLIC),
    "sign_out": post(PUBLIC),
    "appearance": post(PUBLIC),
}

API: dict[str, Methods] = {
    "openapi.json": get(PUBLIC),
    "operations/<operation_id>": get(ADMIN),
    "workspaces": {"GET": SIGNED_IN, "POST": SIGNED_IN},
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
    "tasks/<task_id>/complete": post(MOVES),
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

ADMIN_SITE = {
    "index": dict.fromkeys(ROLES, {200}),
    "login": dict.fromkeys(ROLES, {302}),
    "logout": dict.fromkeys(ROLES, {200, 302, 405}),
    "password_change": dict.fromkeys(ROLES, {200}),
    "password_change_done": dict.fromkeys(ROLES, {200}),
    "autocomplete": dict.fromkeys(ROLES, {403}),
    "jsi18n": dict.fromkeys(ROLES, {200}),
    "app_list": dict.fromkeys(ROLES, {200}),
    "admin/(?P<url>.*)$": dict.fromkeys(ROLES, {404}),
}
"""For staff. An autocomplete without a field of ours to complete is refused."""

THIRD_PARTY = {"axes"}
"""A superuser's alone, by Django's own permissions."""
