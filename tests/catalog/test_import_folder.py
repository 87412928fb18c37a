"""A folder of the server's disk comes in: sub-folders become folders, and running again adds nothing twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.management import call_command

from annotation.catalog.folders import create_folder
from annotation.catalog.import_folder import import_folder
from annotation.models import Folder, Item, Task, Upload
from tests.catalog.files import picture

COLOURS = ["navy", "teal", "red", "green", "white", "black", "orange", "pink"]


@pytest.fixture
def top(tmp_path) -> Path:
    path = tmp_path / "drop"
    for number, name in enumerate(("b.jpg", "a.png", "night/a.jpg", "night/cam-2/a.jpg")):
        put(path / name, COLOURS[number])
    return path


def put(path: Path, colour: str = "navy") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture("PNG" if path.suffix == ".png" else "JPEG", colour=colour))


@pytest.fixture
def bring(project, ada, top):
    return lambda: import_folder(project, top, by=ada, progress=lambda done, total: None)


def paths() -> set[str]:
    return {item.path for item in Item.objects.select_related("folder")}


def test_every_picture_comes_in_at_its_place(bring, project):
    report = bring()
    assert (report.added, report.duplicates, report.refused, report.sentences) == (4, 0, 0, [])
    assert paths() == {"b.jpg", "a.png", "night/a.jpg", "night/cam-2/a.jpg"}
    assert set(Item.objects.values_list("upload__name", flat=True)) == {"drop"}
    assert sorted(report.item_ids) == sorted(Item.objects.values_list("pk", flat=True))
    assert not Task.objects.exists()


def test_again_it_adds_only_what_is_new(bring, top):
    bring()
    put(top / "night" / "b.jpg", "white")
    report = bring()
    assert (report.added, report.duplicates, report.refused) == (1, 4, 0)
    assert Item.objects.count() == 5
    assert Upload.objects.count() == 1
    assert Folder.objects.filter(is_root=False).count() == 2


def test_what_is_hidden_or_a_link_is_left_alone(bring, top):
    put(top / ".hidden.jpg", "white")
    put(top / ".cache" / "a.jpg", "black")
    put(top.parent / "secret.jpg", "orange")
    (top / "link.jpg").symlink_to(top.parent / "secret.jpg")
    (top / "linked").symlink_to(top.parent, target_is_directory=True)
    os.mkfifo(top / "pipe.jpg")
    assert (bring().added, Item.objects.count()) == (4, 4)


def test_each_bad_file_is_told_and_the_others_come_in(bring, top):
    (top / "notes.txt").write_text("no picture")
    (top / "text.jpg").write_text("no picture either")
    (top / "empty.png").write_bytes(b"")
    (top / "cut.jpg").write_bytes(picture(size=(600, 400))[:-300])
    put(top / "root" / "a.jpg", "white")
    report = bring()
    assert (report.added, report.refused) == (4, 5)
    assert sorted(sentence.partition(":")[0] for sentence in report.sentences) == [
        "cut.jpg", "empty.png", "notes.txt", "root/a.jpg", "text.jpg",
    ]  # fmt: skip
    assert not Folder.objects.filter(name__icontains="root", is_root=False).exists()


def test_a_name_with_other_content_is_refused(bring, top):
    bring()
    put(top / "b.jpg", "white")
    report = bring()
    assert (report.added, report.duplicates, report.refused) == (0, 3, 1)
    assert "Another picture of this name" in report.sentences[0]


def test_a_file_that_goes_away_meanwhile_is_told(project, ada, top):
    def progress(done: int, total: int) -> None:
        if done == 1:
            (top / "b.jpg").unlink()

    report = import_folder(project, top, by=ada, progress=progress)
    assert (report.added, report.refused) == (3, 1)
    assert report.sentences == ["b.jpg: could not be copied: No such file or directory."]


def test_a_name_in_bytes_that_are_no_text_is_told(project, ada, top, capsys):
    with open(os.fsencode(top) + b"/\xff.jpg", "wb") as file:
        file.write(picture(colour="pink"))
    call_command("import_folder", str(top), project=f"{project.workspace.slug}/{project.slug}")
    printed = capsys.readouterr()
    assert "4 added, 0 there already, 1 refused" in printed.out
    assert "control character" in printed.err


def test_folders_that_are_there_are_used(bring, project, ada):
    night = create_folder(project, "night", by=ada)
    bring()
    assert night.items.count() == 1
    assert Folder.objects.filter(is_root=False).count() == 2
