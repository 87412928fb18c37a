"""What one person has before them when they open a task: what they may do with it, and what was said about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from accounts.models import User
from annotation.access import ProjectAccess
from annotation.models import AnnotationVersion, Event, Stage, Task


@dataclass(frozen=True)
class Return:
    """Words with which the work came back. `times`: how often it came back so far, this one included."""

    by: User | None
    at: datetime
    words: str
    times: int


@dataclass
class Desk:
    """`chain`: the tasks of the same target in the same batch, first stage first, `task` among them."""

    task: Task
    access: ProjectAccess
    chain: list[Task]

    @property
    def user(self) -> User:
        return self.access.user

    @property
    def is_mine(self) -> bool:
        return self.task.assignee_id == self.user.pk

    @property
    def may_edit(self) -> bool:
        """Draw, save and decide. An admin first takes the task over, so that nobody is surprised by a second hand."""
        return self.is_mine and self.task.is_open and self.task.is_live

    @property
    def is_review(self) -> bool:
        return self.task.stage_kind == Stage.Kind.REVIEW

    @property
    def decides(self) -> bool:
        """A verdict on the stage before is due; otherwise the task is simply submitted."""
        return (
            self.may_edit and self.is_review and self.before is not None and self.before.status == "submitted"
        )

    @property
    def may_complete(self) -> bool:
        allowed = self.access.is_admin or self.access.project.annotator_may_complete
        return self.may_edit and not self.is_review and allowed and len(self.chain) > 1

    @property
    def may_withdraw(self) -> bool:
        """Submitted, and nobody looked yet."""
        task, after = self.task, self.after
        unopened = after is not None and after.status == "ready" and after.opened_at is None
        return self.is_mine and task.is_live and task.status == "submitted" and unopened

    @property
    def may_take_over(self) -> bool:
        return self.access.is_admin and not self.is_mine and self.task.is_open and self.task.is_live

    @property
    def active(self) -> Task | None:
        """Another task of the chain that waits for a hand and that this person may take up."""
        for task in self.chain:
            if task.pk != self.task.pk and task.is_live and task.is_open:
                return task if self.access.is_admin or task.assignee_id == self.user.pk else None
        return None

    @property
    def before(self) -> Task | None:
        earlier = [task for task in self.chain if task.stage_order < self.task.stage_order]
        return earlier[-1] if earlier else None

    @property
    def after(self) -> Task | None:
        later = [task for task in self.chain if task.stage_order > self.task.stage_order]
        return later[0] if later else None

    @property
    def stages_before(self) -> list[Stage]:
        """Where a decision may send the work back to, nearest first; more than one only in longer pipelines."""
        earlier = [task.stage for task in self.chain if task.stage_order < self.task.stage_order]
        return earlier[::-1] if self.decides else []

    @property
    def worker(self) -> User | None:
        """Whose work is checked here."""
        return (self.before.done_by or self.before.assignee) if self.before else None

    @cached_property
    def came_back(self) -> Return | None:
        """Why the work is here again, until it is submitted again."""
        verdicts = Event.objects.filter(
            task_id=self.task.pk, to_status__in=["rejected", "submitted", "accepted"]
        ).order_by("-id")
        found = list(verdicts[:100])
        if not self.task.is_open or not found or found[0].to_status != "rejected" or not found[0].reason:
            return None
        by = User.objects.filter(pk=found[0].actor_id or 0).first()
        times = sum(event.to_status == "rejected" for event in found)
        return Return(by, found[0].at, found[0].reason, times)

    @cached_property
    def handed_over(self) -> AnnotationVersion | None:
        """What came to the reviewer, before edits of their own: versions are written by the moves only."""
        if not self.decides:
            return None
        versions = AnnotationVersion.objects.filter(annotation_set__lane=self.task.lane)
        return versions.filter(annotation_set__item=self.task.item_id).order_by("-id").first()


def desk_of(task: Task, access: ProjectAccess) -> Desk:
    chain = Task.objects.chain_of(task).select_related("stage", "assignee", "done_by")
    return Desk(task, access, list(chain))
