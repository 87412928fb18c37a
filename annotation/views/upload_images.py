"""Upload images: many files at once, each answered for itself; then, if asked, a batch of them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotation import background
from annotation.access import ProjectAccess, open_project
from annotation.batches.create import create_batch
from annotation.catalog.folders import folder_name, get_or_create_folders, root_of
from annotation.catalog.intake import Added, add_file
from annotation.catalog.uploads import get_or_create_upload
from annotation.errors import Invalid, Refused
from annotation.forms.uploads import UploadForm
from annotation.models import Batch, Folder, Project, Upload
from annotation.views.signed_in import Request


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload_images(request: Request, workspace: str, slug: str) -> HttpResponse:
    """A script sends file after file and asks for JSON; then the form comes once more without files. Without the
    script all comes at once."""
    access = open_project(request.user, workspace=workspace, slug=slug).require_admin()
    if request.method != "POST":
        initial = {"folder": request.GET.get("folder") or root_of(access.project).pk}
        return _page(request, access, UploadForm(access.project, initial=initial))
    form = UploadForm(access.project, request.POST)
    if not form.is_valid():
        if _wants_json(request):
            raise Invalid(str(next(iter(form.errors.values()))[0]))
        return _page(request, access, form, 422)
    try:
        upload = get_or_create_upload(access.project, form.cleaned_data["upload"], by=request.user)
        added = _add_all(request, access.project, form, upload)
        if _wants_json(request):
            return JsonResponse({"files": [_told(one) for one in added]})
        return _go_on(request, access, form, upload, added)
    except Refused as refused:
        if _wants_json(request):
            raise
        form.add_error(_field(refused), refused.sentence)
        return _page(request, access, form, refused.status)


def _add_all(request: Request, project: Project, form: UploadForm, upload: Upload) -> list[Added]:
    files: list[UploadedFile] = request.FILES.getlist("files")
    if not files:
        return []
    folder = _folder(request, project, form)
    keep = form.cleaned_data["keep_both"]
    done = []
    for file in files:
        name = file.name or ""
        one = add_file(project, file, name, folder=folder, upload=upload, by=request.user, keep_both=keep)
        if one.outcome == "added" and one.item is not None:
            background.queue_thumbnail(one.item.pk)
        done.append(one)
    return done


def _folder(request: Request, project: Project, form: UploadForm) -> Folder:
    new = form.cleaned_data["new_folder"].strip()
    if new:
        name = folder_name(new)
        return get_or_create_folders(project, [name], by=request.user, door="page")[name]
    return form.cleaned_data["folder"] or root_of(project)


def _go_on(
    request: Request, access: ProjectAccess, form: UploadForm, upload: Upload, added: list[Added]
) -> HttpResponse:
    """What comes after the files: say what came in, make the batch, lead on."""
    refused = [one for one in added if one.outcome == "refused"]
    for one in refused[:20]:
        messages.error(request, f"{one.name}: {one.sentence}")
    n = upload.items.count()
    if not n:
        upload.delete()
        sentence = (
            "These pictures are in the project already, so nothing was added."
            if not refused
            else "Nothing was added. Choose other files."
        )
        form.add_error(None, sentence)
        return _page(request, access, form, 422)
    images = "1 image" if n == 1 else f"{n:,} images"
    messages.success(request, f"{images} added as “{upload.name}”.")
    data = form.cleaned_data
    if not data["into_batch"]:
        messages.info(request, "They start no work yet: make a batch of them when you are ready.")
        return redirect("project_data", access.project.workspace.slug, access.project.slug)
    batch, operation = create_batch(
        access.project,
        _free_name(access.project, upload.name),
        by=request.user,
        method="upload",
        upload_id=upload.pk,
        launch=data["launch"],
        exclude_batched=True,
    )
    background.queue(operation)
    return redirect("batch_detail", batch.pk)


def _free_name(project: Project, name: str) -> str:
    """The upload's name; a second batch of the same upload is numbered."""
    base, number, free = name[:190], 1, name[:190]
    while Batch.objects.filter(project=project, name=free).exists():
        number += 1
        free = f"{base} ({number})"
    return free


def _page(request: Request, access: ProjectAccess, form: UploadForm, status: int = 200) -> HttpResponse:
    context = {"access": access, "tab": "data", "form": form}
    return render(request, "annotation/uploads/upload.html", context, status=status)


def _told(one: Added) -> dict[str, object]:
    item = one.item.pk if one.item else None
    return {"name": one.name, "outcome": one.outcome, "sentence": one.sentence, "item": item}


def _field(refused: Refused) -> str | None:
    field = refused.facts.get("field")
    return {"folder": "new_folder", "upload": "upload"}.get(str(field))


def _wants_json(request: Request) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
