"""Saving what is drawn: versions, whose work it is, and what comes too late."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from accounts.models import User
from annotation.distribution.requests import request_tasks
from annotation.editor.saves import drop_draft, load, own_draft, save_annotations
from annotation.errors import Forbidden, Invalid, NotFound, NotHeld, StaleVersion
from annotation.models import AnnotationClass, AnnotationSet, Draft, Project, Task
from annotation.workflow.accept import accept
from annotation.workflow.give import give, release
from annotation.workflow.reject import reject
from annotation.workflow.submit import submit
from tests.factories import make_batch, make_items


def box(x: float = 10, name: str = "Object", **changes: Any) -> dict[str, Any]:
    points = [[x, 20], [x + 30, 60]]
    return {"id": str(uuid.uuid4()), "class": name, "type": "rectangle", "points": points, **changes}


@pytest.fixture
def task(project: Project, ana: User) -> Task:
    """One image that Ana was handed."""
    make_items(project, n=1)
    make_batch(project)
    return request_tasks(project, by=ana).tasks[0]


def test_nothing_is_drawn_at_first(task):
    loaded = load(task)
    assert (loaded.version, loaded.objects, loaded.author) == (0, [], None)
    assert (loaded.size.width, loaded.size.height) == (640, 480)


def test_a_save_is_loaded_again_with_its_author_and_next_version(task, ana):
    assert save_annotations(task.pk, by=ana, version=0, objects=[box()]) == 1
    loaded = load(task)
    assert (loaded.version, loaded.author) == (1, ana)
    assert loaded.objects[0]["author"] == ana.pk
    assert loaded.objects[0]["points"] == [[10.0, 20.0], [40.0, 60.0]]


def test_the_first_save_brings_the_image_to_work(task, ana):
    save_annotations(task.pk, by=ana, version=0, objects=[])
    task.refresh_from_db()
    assert (task.status, task.item.status) == ("in_progress", "in_progress")


def test_a_save_of_a_returned_image_brings_it_back_to_work(task, ana, quinn, project):
    save_annotations(task.pk, by=ana, version=0, objects=[box()])
    submit(task.pk, by=ana)
    review = request_tasks(project, by=quinn).tasks[0]
    reject(review.pk, by=quinn, reason="One is missing.")
    save_annotations(task.pk, by=ana, version=1, objects=[box(), box(100)])
    task.refresh_from_db()
    assert (task.status, task.item.status) == ("in_progress", "in_progress")


def test_a_stale_save_shows_the_newer_version_and_changes_nothing(task, ana, ada):
    save_annotations(task.pk, by=ana, version=0, objects=[box(100)])
    with pytest.raises(StaleVersion) as caught:
        save_annotations(task.pk, by=ana, version=0, objects=[box(200)])
    facts = caught.value.facts
    assert (facts["version"], facts["author"]) == (1, "Ana")
    assert facts["objects"][0]["points"][0][0] == 100
    assert load(task).objects[0]["points"][0][0] == 100


def test_a_version_from_the_future_is_stale_too(task, ana):
    with pytest.raises(StaleVersion):
        save_annotations(task.pk, by=ana, version=7, objects=[])


def test_the_same_save_sent_twice_counts_once(task, ana):
    """The first answer got lost on the way."""
    objects = [box()]
    save_annotations(task.pk, by=ana, version=0, objects=objects)
    assert save_annotations(task.pk, by=ana, version=0, objects=objects) == 1
    assert load(task).version == 1


def test_a_save_after_release_is_kept_as_a_draft(task, ana, ada):
    release([task.pk], by=ada, door="page")
    with pytest.raises(NotHeld) as caught:
        save_annotations(task.pk, by=ana, version=0, objects=[box()])
    assert caught.value.status == 409
    draft = Draft.objects.get(pk=caught.value.facts["draft"])
    assert (draft.author, len(draft.objects_json)) == (ana, 1)
    assert load(task).version == 0
    assert Task.objects.get(pk=task.pk).status == "ready"


def test_a_save_after_the_image_went_to_somebody_else_is_kept_as_a_draft(task, ana, ben, ada):
    give([task.pk], to=ben, by=ada, door="page")
    with pytest.raises(NotHeld):
        save_annotations(task.pk, by=ana, version=0, objects=[box()])
    assert own_draft(task, ana) is not None
    assert own_draft(task, ben) is None


def test_a_save_after_submit_is_kept_as_a_draft(task, ana):
    save_annotations(task.pk, by=ana, version=0, objects=[box()])
    submit(task.pk, by=ana)
    with pytest.raises(NotHeld):
        save_annotations(task.pk, by=ana, version=1, objects=[box(), box(200)])
    assert len(load(task).objects) == 1


def test_the_last_draft_of_a_person_is_the_one_that_is_kept(task, ana, ada):
    release([task.pk], by=ada, door="page")
    for x in (10, 20):
        with pytest.raises(NotHeld):
            save_annotations(task.pk, by=ana, version=0, objects=[box(x)])
    assert [d.objects_json[0]["points"][0][0] for d in Draft.objects.all()] == [20]
    drop_draft(task, ana)
    assert own_draft(task, ana) is None


def test_somebody_who_never_held_it_is_refused_and_leaves_no_draft(task, ben, mallory):
    for stranger in (ben, mallory):
        with pytest.raises((Forbidden, NotHeld, NotFound)):
            save_annotations(task.pk, by=stranger, version=0, objects=[box()])
    assert not Draft.objects.exists()
    assert not AnnotationSet.objects.exists()


def test_a_reviewer_may_fix_and_accept_and_the_fix_is_theirs(task, ana, quinn, project):
    kept, wrong = box(), box(100)
    save_annotations(task.pk, by=ana, version=0, objects=[kept, wrong])
    submit(task.pk, by=ana)
    review = request_tasks(project, by=quinn).tasks[0]
    fixed = {**wrong, "points": [[100, 20], [140, 70]]}
    assert save_annotations(review.pk, by=quinn, version=1, objects=[kept, fixed]) == 2
    accept(review.pk, by=quinn)
    assert [one["author"] for one in load(task).objects] == [ana.pk, quinn.pk]
    task.refresh_from_db()
    assert task.item.status == "completed"


def test_an_admin_may_save_on_anybodys_behalf(task, ana, ada):
    assert save_annotations(task.pk, by=ada, version=0, objects=[box()]) == 1
    assert Task.objects.get(pk=task.pk).assignee == ana


@pytest.mark.parametrize("version", [None, "0", -1, 1.5, True, 2**31, 10**30])
def test_a_version_is_a_number_of_ours(task, ana, version):
    with pytest.raises(Invalid, match="version"):
        save_annotations(task.pk, by=ana, version=version, objects=[])


def test_a_wrong_object_stores_nothing_at_all(task, ana):
    with pytest.raises(Invalid, match=r"Object 2 .*outside the image, which is 640 × 480 px"):
        save_annotations(task.pk, by=ana, version=0, objects=[box(), box(630)])
    assert not AnnotationSet.objects.exists()
    assert Task.objects.get(pk=task.pk).status == "ready"


def test_a_class_of_another_project_is_unknown(task, ana, mallory):
    AnnotationClass.objects.create(project=Project.objects.get(name="Hers"), name="Boat")
    with pytest.raises(Invalid, match="“Boat”"):
        save_annotations(task.pk, by=ana, version=0, objects=[box(name="Boat")])


def test_a_class_that_was_removed_stays_usable_where_it_is_used(task, ana, project):
    AnnotationClass.objects.create(project=project, name="Boat", key="7")
    one = box(name="Boat")
    save_annotations(task.pk, by=ana, version=0, objects=[one])
    AnnotationClass.objects.filter(name="Boat").delete()
    assert save_annotations(task.pk, by=ana, version=1, objects=[one, box(100)]) == 2


def test_a_task_that_does_not_exist_is_not_found(ana):
    with pytest.raises(NotFound):
        save_annotations(999_999, by=ana, version=0, objects=[])
