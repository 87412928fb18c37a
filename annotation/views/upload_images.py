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
from annotation.distribution.words import images
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
    if _wants_json(request) and not request.FILES:
        raise Invalid("The file did not arrive under a name that can be used. Rename it and choose it again.")
    try:
        place = _folder_name(form)
        upload = get_or_create_upload(access.project, form.cleaned_data["upload"], by=request.user)
        added = _add_all(request, access.project, form, place, upload)
        if _wants_json(request):
            return JsonResponse({"files": [_told(one) for one in added]})
        return _go_on(request, access, form, upload, added)
    except Refused as refused:
        if _wants_json(request):
            raise
        form.add_error(_field(refused), refused.sentence)
        return _page(request, access, form, refused.status)


def _add_all(
    request: Request, project: Project, form: UploadForm, place: str | None, upload: Upload
) -> list[Added]:
    files: list[UploadedFile] = request.FILES.getlist("files")
    if not files:
        return []
    folder = _folder(request, project, form, place)
    keep = form.cleaned_data["keep_both"]
    done = []
    for file in files:
        name = file.name or ""
        one = add_file(project, file, name, folder=folder, upload=upload, by=request.user, keep_both=keep)
        if one.outcome == "added" and one.item is not None:
            background.queue_thumbnail(one.item.pk)
        done.append(one)
    return done


def _folder_name(form: UploadForm) -> str | None:
    """Of the new folder; looked at before anything is written."""
    new = form.cleaned_data["new_folder"].strip()
    return folder_name(new) if new else None


def _folder(request: Request, project: Project, form: UploadForm, name: str | None) -> Folder:
    if name is not None:
        return get_or_create_folders(project, [name], by=request.user, door="page")[name]
    return form.cleaned_data["folder"] or root_of(project)


def _go_on(
    request: Request, access: ProjectAccess, form: UploadForm, upload: Upload, added: list[Added]
) -> HttpResponse:
    """What comes after the files: say what came in, make the batch, lead on."""
    for one in [one for one in added if one.outcome == "refused"][:20]:
        messages.error(request, f"{one.name}: {one.sentence}")
    n = upload.items.count()
    if not n:
        upload.delete()
        form.add_error(None, _nothing(added))
        return _page(request, access, form, 422)
    _say(request, upload, n, added)
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


def _nothing(added: list[Added]) -> str:
    if any(one.outcome == "refused" for one in added):
        return "Nothing was added. Choose other files."
    if added:
        return "These pictures are in the project already, so nothing was added."
    return "Nothing was added. Choose at least one picture that is not in the project yet."


def _say(request: Request, upload: Upload, n: int, added: list[Added]) -> None:
    """The script sent the files before: then `added` is empty, and what the upload holds must do."""
    new = sum(one.outcome == "added" for one in added)
    there = sum(one.outcome == "duplicate" for one in added)
    if new:
        messages.success(request, f"{images(new)} added as “{upload.name}”.")
    elif not added:
        messages.success(request, f"“{upload.name}” holds {images(n)} now.")
    if there:
        verb = "was" if there == 1 else "were"
        messages.info(request, f"{images(there)} {verb} in the project already and not stored again.")


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
