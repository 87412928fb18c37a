from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from accounts.keys import find_key
from accounts.models import User
from annotation.models import Count, Folder, Item, Workspace
from annotation.workflow import counts
from tests.factories import make_batch, make_folder, make_items


def run(name: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(name, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_create_workspace_makes_its_owner_too(db):
    printed = run("create_workspace", "Acme Vision", "--owner", "New@Example.com")
    workspace = Workspace.objects.get(name="Acme Vision")
    assert workspace.memberships.get().user.email == "new@example.com"
    assert workspace.memberships.get().role == "owner"
    assert "changepassword new@example.com" in printed


def test_create_api_key_prints_the_key_alone_on_the_last_line(workspace, ada):
    key = run("create_api_key", "ADA@example.com").strip().splitlines()[-1]
    assert key.startswith("mete_")
    assert key != key.upper()
    found = find_key(key)
    assert found is not None
    assert (found.user, found.workspace) == (ada, workspace)


def test_create_api_key_asks_which_of_several_workspaces(workspace, ada):
    run("create_workspace", "Second", "--owner", ada.email)
    with pytest.raises(CommandError, match="Add --workspace with one of: demo, second"):
        run("create_api_key", ada.email)
    assert run("create_api_key", ada.email, "--workspace", "second")


def test_create_api_key_refuses_who_is_nobody_or_nowhere(workspace, mallory):
    with pytest.raises(CommandError, match="Nobody active"):
        run("create_api_key", "nobody@example.com")
    User.objects.create_user("lost@example.com")
    with pytest.raises(CommandError, match="belongs to no workspace"):
        run("create_api_key", "lost@example.com")
    with pytest.raises(CommandError, match="does not belong"):
        run("create_api_key", mallory.email, "--workspace", workspace.slug)


def test_import_folder_makes_folders_of_sub_folders_and_may_run_again(project, tmp_path):
    pictures = tmp_path / "pictures"
    (pictures / "night").mkdir(parents=True)
    Image.new("RGB", (40, 30), "navy").save(pictures / "night" / "a.png")
    Image.new("RGB", (40, 30), "white").save(pictures / "b.jpg")
    (pictures / "notes.txt").write_text("no picture")
    named = f"{project.workspace.slug}/{project.slug}"
    assert "2 added" in run("import_folder", str(pictures), "--project", named)
    assert Item.objects.get(name="a.png").folder == Folder.objects.get(name="night")
    assert Item.objects.get(name="b.jpg").folder.is_root
    assert "0 added, 2 there already" in run("import_folder", str(pictures), "--project", named)


def test_import_folder_says_what_is_missing(project, tmp_path):
    with pytest.raises(CommandError, match="is not a folder"):
        run("import_folder", str(tmp_path / "nowhere"), "--project", project.slug)
    with pytest.raises(CommandError, match="There is no project"):
        run("import_folder", str(tmp_path), "--project", "demo/nothing")


def test_check_counters_finds_and_repairs_what_drifted(project):
    make_items(project, n=3)
    assert "All counts are those of the rows" in run("check_counters")
    counts.fold()
    Count.objects.filter(scope="folder").update(n=5)
    with pytest.raises(SystemExit):
        run("check_counters")
    assert "are put right" in run("check_counters", "--repair")
    assert "All counts are those of the rows" in run("check_counters")


def test_check_integrity_finds_a_task_that_stands_in_the_wrong_folder(project, ana):
    items = make_items(project, n=2)
    make_batch(project, items)
    assert "Everything points where it should" in run("check_integrity")
    Item.objects.filter(pk=items[0].pk).update(folder=make_folder(project, "elsewhere"))
    with pytest.raises(SystemExit):
        run("check_integrity")
