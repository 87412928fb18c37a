"""A folder on the server's disk: its pictures become items, its sub-folders folders. Safe to run again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from accounts.models import User
from annotation.catalog.folders import folder_name, get_or_create_folders, root_of
from annotation.catalog.intake import add_file
from annotation.catalog.uploads import get_or_create_upload
from annotation.errors import Invalid
from annotation.models import Folder, Project, Upload

PICTURES = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass
class Report:
    added: int = 0
    duplicates: int = 0
    refused: int = 0
    sentences: list[str] = field(default_factory=list)
    item_ids: list[int] = field(default_factory=list)
    """The new ones; thumbnails are to be made of them."""


def import_folder(project: Project, path: Path, *, by: User, progress: Callable[[int, int], None]) -> Report:
    """Files are taken A→Z; hidden ones and symbolic links are left alone, others than pictures are said to be left."""
    report = Report()
    files = [p for p in sorted(path.rglob("*")) if p.is_file() and not _is_hidden(p, path)]
    upload = get_or_create_upload(project, path.resolve().name or "import", by=by)
    folders: dict[Path, Folder] = {}
    for number, file in enumerate(files, 1):
        _add(project, path, file, folders, report, upload, by)
        progress(number, len(files))
    return report


def _add(
    project: Project,
    path: Path,
    file: Path,
    folders: dict[Path, Folder],
    report: Report,
    upload: Upload,
    by: User,
) -> None:
    parent = file.relative_to(path).parent
    if file.suffix.lower() not in PICTURES:
        return _refuse(report, path, file, "not a JPEG, PNG or WebP picture, left out.")
    try:
        folder = folders.get(parent) or _folder_for(project, parent, by)
        folders[parent] = folder
        with file.open("rb") as opened:
            added = add_file(project, opened, file.name, folder=folder, upload=upload, by=by)
    except Invalid as wrong:
        return _refuse(report, path, file, wrong.sentence)
    except OSError as error:
        return _refuse(report, path, file, f"could not be copied: {error.strerror}.")
    if added.outcome == "added" and added.item is not None:
        report.added += 1
        report.item_ids.append(added.item.pk)
    elif added.outcome == "duplicate":
        report.duplicates += 1
    else:
        _refuse(report, path, file, added.sentence)
    return None


def _refuse(report: Report, path: Path, file: Path, sentence: str) -> None:
    """A name may be bytes that are no text: then it is told with question marks."""
    shown = str(file.relative_to(path)).encode(errors="replace").decode()
    report.refused += 1
    report.sentences.append(f"{shown}: {sentence}")


def _folder_for(project: Project, parent: Path, by: User) -> Folder:
    if not parent.parts:
        return root_of(project)
    name = folder_name("/".join(parent.parts))
    return get_or_create_folders(project, [name], by=by, door="shell")[name]


def _is_hidden(file: Path, top: Path) -> bool:
    inside = file.relative_to(top)
    return file.is_symlink() or any(part.startswith(".") for part in inside.parts)
