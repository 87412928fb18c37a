"""Every page's address. A view, its URL name, its template and its test share one word."""

from __future__ import annotations

from django.urls import URLPattern, path

from annotation.views import batches, editor, folders, items, operations, tasks
from annotation.views.home import home
from annotation.views.member_change import member_change
from annotation.views.project_classes import class_add, class_delete, class_edit
from annotation.views.project_data import project_data
from annotation.views.project_instructions import project_instructions
from annotation.views.project_members import project_members
from annotation.views.project_new import project_new
from annotation.views.project_settings import project_settings
from annotation.views.request_tasks import request_tasks
from annotation.views.upload_images import upload_images
from annotation.views.workspace_new import workspace_new

PROJECT = "w/<slug:workspace>/p/<slug:slug>/"

urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("w/new", workspace_new, name="workspace_new"),
    path("w/<slug:workspace>/new-project", project_new, name="project_new"),
    path(PROJECT + "instructions", project_instructions, name="project_instructions"),
    path(PROJECT + "members", project_members, name="project_members"),
    path(PROJECT + "members/<int:user_id>", member_change, name="member_change"),
    path(PROJECT + "settings", project_settings, name="project_settings"),
    path(PROJECT + "settings/classes", class_add, name="class_add"),
    path(PROJECT + "settings/classes/<int:class_id>", class_edit, name="class_edit"),
    path(PROJECT + "settings/classes/<int:class_id>/delete", class_delete, name="class_delete"),
    path(PROJECT, project_data, name="project_data"),
    path(PROJECT + "request-tasks", request_tasks, name="request_tasks"),
    path(PROJECT + "upload", upload_images, name="upload_images"),
    path(PROJECT + "folders/new", folders.folder_create, name="folder_create"),
    path("folders/<int:pk>/assign", folders.folder_assign, name="folder_assign"),
    path("folders/<int:pk>/hold", folders.folder_hold, name="folder_hold"),
    path(PROJECT + "batches", batches.project_batches, name="project_batches"),
    path(PROJECT + "batches/new", batches.batch_new, name="batch_new"),
    path(PROJECT + "batches/preview", batches.batch_preview, name="batch_preview"),
    path("batches/<int:pk>", batches.batch_detail, name="batch_detail"),
    path("batches/<int:pk>/action", batches.batch_action, name="batch_action"),
    path("operations/<uuid:pk>", operations.operation_progress, name="operation_progress"),
    path("operations/<uuid:pk>/cancel", operations.operation_cancel, name="operation_cancel"),
    path("items/<int:pk>", items.item_detail, name="item_detail"),
    path("items/<int:pk>/image", items.item_image, name="item_image"),
    path("items/<int:pk>/thumbnail", items.item_thumbnail, name="item_thumbnail"),
    path("tasks/<int:pk>/", editor.task_editor, name="task_editor"),
    path("tasks/<int:pk>/annotations", editor.task_annotations, name="task_annotations"),
    path("tasks/<int:pk>/draft", editor.task_draft, name="task_draft"),
    path("tasks/<int:pk>/strip", editor.editor_strip, name="editor_strip"),
    path("tasks/<int:pk>/request-more", editor.editor_request, name="editor_request"),
    path("tasks/<int:pk>/<slug:verb>", tasks.task_move, name="task_move"),
]
