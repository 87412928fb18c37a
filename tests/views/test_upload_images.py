"""Upload images: each file is answered for itself, with the script and without, and nothing half-written stays."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from annotation.members.people import set_project_role
from annotation.models import Batch, Folder, Item, Operation, Project, Task, Upload
from annotation.workflow import counts
from tests.catalog.files import huge_header, picture, several_in_one
from tests.factories import make_batch, make_folder
from tests.views.pages import JSON, File, browser, of, sent_by_a_form, text


@pytest.fixture(autouse=True)
def sent(monkeypatch) -> list[str]:
    """What would go to the workers."""
    names: list[str] = []
    monkeypatch.setattr("annotation.background._send", lambda task, *arguments: names.append(task.name))
    return names


def send(user, project, *files, script=False, **form):
    body, kind = sent_by_a_form(files, {"upload": "Monday"} | form)
    headers = JSON if script else {}
    return browser(user).post(of("upload_images", project), body, kind, headers=headers, follow=True)


def answers(response) -> list[tuple[str, str]]:
    return [(one["name"], one["outcome"]) for one in response.json()["files"]]


RED, BLUE = picture(colour="red"), picture("PNG", colour="blue")


def test_the_page_offers_files_folders_and_a_batch(project, ada):
    folder = make_folder(project, "night")
    response = browser(ada).get(of("upload_images", project), {"folder": folder.pk})
    page = response.content.decode()
    assert f'<option value="{folder.pk}" selected>' in page
    assert 'name="files" multiple' in page
    assert "Upload of " in page
    assert "Put them into a batch" in text(response)


@pytest.mark.parametrize("folder", ["abc", "999999", "9" * 30, "\0", ""])
def test_a_folder_in_the_address_that_is_none_is_no_error(project, ada, folder):
    assert browser(ada).get(of("upload_images", project), {"folder": folder}).status_code == 200


def test_files_come_in_and_start_no_work(project, ada):
    response = send(ada, project, File("a.jpg", RED), File("b.png", BLUE))
    assert response.redirect_chain[-1][0] == of("project_data", project)
    page = text(response)
    assert "2 images added as “Monday”." in page
    assert "They start no work yet" in page
    assert set(Item.objects.values_list("name", "upload__name", "folder__is_root")) == {
        ("a.jpg", "Monday", True), ("b.png", "Monday", True),
    }  # fmt: skip
    assert not Task.objects.exists()
    assert counts.drift(project.pk) == []


def test_small_pictures_are_ordered_for_what_came_in(project, ada, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(ada, project, File("a.jpg", RED), File("again.jpg", RED), File("b.jpg", b"text"))
    assert sent == ["annotation.background.thumbnail"]


def test_they_come_into_the_folder_that_was_chosen_or_a_new_one(project, ada):
    night = make_folder(project, "night")
    send(ada, project, File("a.jpg", RED), folder=night.pk)
    send(ada, project, File("b.png", BLUE), folder=night.pk, new_folder=" day / cam-2 ")
    assert {item.path for item in Item.objects.select_related("folder")} == {
        "night/a.jpg", "day/cam-2/b.png",
    }  # fmt: skip


BAD = {
    "text.jpg": (b"hello", "not a JPEG, PNG or WebP picture"),
    "page.jpg": (b"<html><script>alert(1)</script></html>", "not a JPEG, PNG or WebP picture"),
    "empty.jpg": (b"", "The file is empty"),
    "cut.jpg": (picture(size=(600, 400))[:-300], "damaged or cut off"),
    "huge.png": (huge_header(), "At most 178 million pixels"),
    "print.jpg": (picture(mode="CMYK", colour=(1, 2, 3, 4)), "CMYK"),
    "   ": (picture(colour="white"), "The name is empty"),
}


@pytest.mark.parametrize("name", BAD, ids=lambda name: repr(name[:12]))
def test_a_bad_file_is_told_and_the_others_come_in(project, ada, name):
    data, sentence = BAD[name]
    response = send(ada, project, File("good.jpg", RED), File(name, data))
    assert sentence in text(response)
    assert "1 image added as “Monday”." in text(response)
    assert Item.objects.get().name == "good.jpg"


@pytest.mark.parametrize("name", BAD, ids=lambda name: repr(name[:12]))
def test_only_bad_files_leave_nothing_behind(project, ada, name, settings):
    data, sentence = BAD[name]
    response = send(ada, project, File(name, data))
    assert response.status_code == 422
    assert sentence in text(response)
    assert "Nothing was added. Choose other files." in text(response)
    assert not Item.objects.exists()
    assert not Upload.objects.exists()
    assert not settings.MEDIA_ROOT.exists()
    assert counts.folder_counts(project.pk) == {}


@pytest.mark.parametrize("name", BAD, ids=lambda name: repr(name[:12]))
def test_the_script_is_told_each_file_by_itself(project, ada, name):
    data, sentence = BAD[name]
    [one] = send(ada, project, File(name, data), script=True).json()["files"]
    assert (one["outcome"], one["item"]) == ("refused", None)
    assert sentence in one["sentence"]
    assert not Item.objects.exists()


@pytest.mark.parametrize("name", ["..", ".", "/", "a/..", "\0"])
def test_a_file_without_a_name_that_can_be_used_is_told_too(project, ada, name):
    response = send(ada, project, File(name, RED), script=True)
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert "did not arrive under a name that can be used" in response.json()["sentence"]
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\\\Pictures\\\\a.jpg", "a.jpg"),
        ("nul\0.jpg", "nul.jpg"),
        ("x" * 300 + ".jpg", "x" * 251 + ".jpg"),
        ("Ko\u0308ln.jpg", "K\u00f6ln.jpg"),
        ("<b>.jpg", "<b>.jpg"),
        ("a.html", "a.html"),
    ],
)
def test_a_name_is_tidied_on_its_way(project, ada, name, becomes):
    response = send(ada, project, File(name, RED))
    assert Item.objects.get().name == becomes
    assert b"<b>.jpg" not in response.content


def test_a_telephones_picture_comes_in(project, ada):
    assert answers(send(ada, project, File("a.jpg", several_in_one()), script=True)) == [("a.jpg", "added")]


def test_duplicates_are_skipped_and_said(project, ada):
    response = send(ada, project, File("a.jpg", RED), File("same.jpg", RED))
    assert "1 image added as “Monday”." in text(response)
    assert "1 image was in the project already and not stored again." in text(response)
    again = send(ada, project, File("a.jpg", RED), upload="Tuesday")
    assert again.status_code == 422
    assert "These pictures are in the project already, so nothing was added." in text(again)
    assert not Upload.objects.filter(name="Tuesday").exists()
    assert Item.objects.count() == 1


def test_a_used_name_is_refused_unless_both_are_kept(project, ada):
    send(ada, project, File("a.jpg", RED))
    assert "Rename this one, or keep both" in text(send(ada, project, File("a.jpg", BLUE)))
    send(ada, project, File("a.jpg", BLUE), keep_both="on")
    assert set(Item.objects.values_list("name", flat=True)) == {"a.jpg", "a-2.jpg"}


def test_the_script_sends_each_file_alone_and_then_the_form(project, ada):
    for name, data in (("a.jpg", RED), ("b.png", BLUE)):
        assert answers(send(ada, project, File(name, data), script=True)) == [(name, "added")]
    response = send(ada, project, into_batch="on", launch="on")
    batch = Batch.objects.get()
    assert response.redirect_chain[-1][0] == reverse("batch_detail", args=[batch.pk])
    assert "“Monday” holds 2 images now." in text(response)
    assert (batch.name, batch.launch_when_built, batch.method) == ("Monday", True, "upload")
    assert Upload.objects.count() == 1


def test_a_file_whose_answer_was_lost_may_be_sent_again(project, ada):
    send(ada, project, File("a.jpg", RED), script=True)
    assert answers(send(ada, project, File("a.jpg", RED), script=True)) == [("a.jpg", "duplicate")]
    assert "“Monday” holds 1 image now." in text(send(ada, project))


@pytest.mark.parametrize("launch", [True, False])
def test_straight_into_a_batch(project, ada, sent, launch, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(ada, project, File("a.jpg", RED), into_batch="on", **({"launch": "on"} if launch else {}))
    assert Batch.objects.get().launch_when_built == launch
    assert Operation.objects.get().total == 1
    assert "annotation.background.run_operation" in sent


def test_a_second_batch_of_an_upload_is_numbered(project, ada):
    make_batch(project, [], name="Monday")
    send(ada, project, File("a.jpg", RED), into_batch="on")
    assert Batch.objects.filter(name="Monday (2)").exists()


def test_an_upload_whose_images_are_all_at_work_makes_no_batch(project, ada):
    send(ada, project, File("a.jpg", RED))
    make_batch(project)
    response = send(ada, project, into_batch="on")
    assert response.status_code == 409
    assert "Every image you chose is left out: 1 at work already." in text(response)
    assert Batch.objects.count() == 1


def test_a_form_without_files_says_so(project, ada):
    response = send(ada, project)
    assert response.status_code == 422
    assert "Choose at least one picture" in text(response)
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"upload": ""}, "This field is required"),
        ({"upload": "   "}, "This field is required"),
        ({"upload": ".."}, "cannot be an upload's name"),
        ({"upload": "x" * 256}, "at most 255"),
        ({"upload": "a\0b"}, "Null characters are not allowed"),
        ({"new_folder": "root"}, "“root” means the images outside every folder"),
        ({"new_folder": "../x"}, "This cannot be a folder"),
        ({"new_folder": "a//b"}, "This cannot be a folder"),
        ({"new_folder": "x" * 300}, "The name has 300 characters"),
        ({"folder": "999999"}, "Select a valid choice"),
        ({"folder": "abc"}, "Select a valid choice"),
        ({"folder": "9" * 30}, "Select a valid choice"),
    ],
    ids=str,
)
@pytest.mark.parametrize("script", [False, True])
def test_a_bad_value_is_said_at_once_and_nothing_is_written(project, ada, form, sentence, script, settings):
    response = send(ada, project, File("a.jpg", RED), script=script, **form)
    assert response.status_code == 422
    assert sentence in (response.json()["sentence"] if script else text(response))
    assert not Item.objects.exists()
    assert not Upload.objects.exists()
    assert not Folder.objects.filter(is_root=False).exists()
    assert not settings.MEDIA_ROOT.exists()


def test_nothing_goes_into_a_folder_of_another_project(project, ada, mallory):
    hers = Project.objects.get(name="Hers").folders.get()
    assert send(ada, project, File("a.jpg", RED), folder=hers.pk).status_code == 422
    assert not Item.objects.exists()


def test_only_admins_upload(project, ana, quinn, mallory):
    for user, status in ((ana, 403), (quinn, 403), (mallory, 404)):
        assert browser(user).get(of("upload_images", project)).status_code == status
        for script in (False, True):
            assert send(user, project, File("a.jpg", RED), script=script).status_code == status
    assert Client().post(of("upload_images", project))["Location"].startswith("/sign-in")
    assert not Item.objects.exists()
    assert not Upload.objects.exists()


def test_a_project_admin_who_administers_nothing_else_may(project, ana, ada):
    set_project_role(project, ana, "admin", by=ada)
    assert answers(send(ana, project, File("a.jpg", RED), script=True)) == [("a.jpg", "added")]


def test_sixty_uploads_and_folders_cost_no_more_than_five(project, ada, django_assert_max_num_queries):
    client = browser(ada)

    def look(limit: int) -> int:
        with django_assert_max_num_queries(limit) as found:
            client.get(of("upload_images", project))
        return len(found)

    for number in range(5):
        make_folder(project, f"folder {number}")
    first = look(20)
    for number in range(5, 60):
        make_folder(project, f"folder {number}")
    look(first)
