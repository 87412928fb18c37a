"""What Request Tasks would bring, asked of the same query that hands out. Nothing is locked, nothing promised."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from annotation.access import ProjectAccess
from annotation.distribution.eligibility import Head
from annotation.distribution.queue import queue
from annotation.distribution.standing import Standing, read_standing, refusal
from annotation.distribution.words import images, listed
from annotation.models import Folder, Project, Task


@dataclass(frozen=True)
class Offer:
    """`count` images would come. `may` is false where role, pause or hold forbid it whatever there is.

    `held` of `number` are in the person's hands; `must_finish` says that these stand in the way.
    """

    count: int
    sentence: str
    may: bool
    held: int
    kind: str | None
    number: int = 0
    must_finish: bool = False


def would_bring(access: ProjectAccess) -> Offer:
    """The offer for the person looking. Two or three short statements and at most a portion of heads."""
    return offer_for(read_standing(access.project, access.user.pk))


def offer_for(standing: Standing) -> Offer:
    if not standing.may:
        no = refusal(standing)
        return Offer(0, no.sentence if no else "", False, standing.held, standing.kind, standing.number)
    if not standing.portion:
        return Offer(0, _finish(standing), True, standing.held, standing.kind, standing.number, True)
    coming = queue().heads(standing.ask, standing.portion)
    return Offer(len(coming), _coming(standing, coming), True, standing.held, standing.kind, standing.number)


def next_tasks(project: Project, user: User, limit: int) -> list[Task]:
    """What this person would get next, for an admin who looks; whatever they hold. Empty if nothing may come."""
    standing = read_standing(project, user.pk)
    if not standing.may:
        return []
    ids = [head.task_id for head in queue().heads(standing.ask, limit)]
    found = Task.objects.select_related("item", "folder", "stage", "batch").in_bulk(ids)
    return [found[pk] for pk in ids]


def _held(standing: Standing) -> str:
    return f"You hold {standing.held:,} of {standing.number}." if standing.held else "You hold nothing open."


def _finish(standing: Standing) -> str:
    if standing.policy == Project.RequestPolicy.TOP_UP:
        return f"{_held(standing)} Finish one and you can request another."
    these = "this image" if standing.held == 1 else f"these {images(standing.held)}"
    return f"{_held(standing)} Finish {these}, then request the next {standing.number}."


def _coming(standing: Standing, coming: list[Head]) -> str:
    if not coming:
        return f"{_held(standing)} Nothing can come to you right now."
    owners = {head.folder_id: head.is_mine for head in coming}
    names = {f.pk: f for f in Folder.objects.filter(pk__in=list(owners)[:4]).only("name", "is_root")}
    places = []
    for pk, is_mine in owners.items():
        folder = names.get(pk)
        name = "" if folder is None else "the root" if folder.is_root else folder.name
        places.append(f"{name}, your folder" if is_mine else name)
    verb = "comes" if len(coming) == 1 else "come"
    these = "The next one" if len(coming) == 1 else f"The next {len(coming):,}"
    return f"{_held(standing)} {these} {verb} from {listed(places, most=3)}."
