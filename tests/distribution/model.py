"""DESIGN §2 and §3 in plain Python: no database, no SQL, nothing of the product. The machine compares it with Mete."""

from __future__ import annotations

from dataclasses import dataclass, field

OPEN = {"ready", "in_progress", "rejected"}
KIND = {"annotator": "annotate", "qa": "review"}


@dataclass
class Work:
    """A task: `holder`, `author` and `before` are names of people; `before` moved the stage before it."""

    kind: str
    status: str
    holder: str | None = None
    author: str | None = None
    before: str | None = None
    is_opened: bool = False


@dataclass
class Image:
    name: str
    folder: str
    batch: str
    priority: float | None = None
    is_live: bool = True
    annotate: Work = field(default_factory=lambda: Work("annotate", "ready"))
    review: Work = field(default_factory=lambda: Work("review", "waiting"))

    @property
    def works(self) -> list[Work]:
        return [self.annotate, self.review]


@dataclass
class World:
    """`folders`: folder → role → the people it is for. The root is the folder called `root`."""

    number: int
    policy: str
    images: list[Image]
    roles: dict[str, str | None]
    folders: dict[str, dict[str, set[str]]]
    paused_people: set[str] = field(default_factory=set)
    paused_batches: set[str] = field(default_factory=set)

    def request(self, who: str) -> list[Image] | str:
        """What comes, in order, or the name of the refusal."""
        kind = KIND.get(self.roles[who] or "")
        if kind is None or who in self.paused_people:
            return "MayNotRequest"
        held = sum(w.holder == who and w.status in OPEN for w in self.live(kind))
        wanted = self.number - held if self.policy == "top_up" else (0 if held else self.number)
        if wanted <= 0:
            return "Unfinished"
        queue = sorted(
            (i for i in self.images if self._may_get(i, kind, who)), key=lambda i: self._place(i, who)
        )
        for image in queue[:wanted]:
            self.of(image, kind).holder = who
        return queue[:wanted] or "NothingToGive"

    def live(self, kind: str) -> list[Work]:
        return [self.of(image, kind) for image in self.images if image.is_live]

    @staticmethod
    def of(image: Image, kind: str) -> Work:
        return image.annotate if kind == "annotate" else image.review

    def _may_get(self, image: Image, kind: str, who: str) -> bool:
        work = self.of(image, kind)
        people = self.folders[image.folder][self.roles[who] or ""]
        return (
            image.is_live
            and work.status in OPEN
            and work.holder is None
            and image.batch not in self.paused_batches
            and (not people or who in people)
            and not (kind == "review" and who in {work.author, work.before})
        )

    def _place(self, image: Image, who: str) -> tuple[object, ...]:
        mine = who in self.folders[image.folder][self.roles[who] or ""]
        has_none = image.priority is None
        return (not mine, image.folder == "root", image.folder, has_none, -(image.priority or 0), image.name)

    def start(self, image: Image, work: Work) -> None:
        work.status, work.is_opened = "in_progress", True

    def submit(self, image: Image, by: str) -> None:
        image.annotate.status = "submitted"
        image.review.status, image.review.is_opened = "ready", False
        image.review.author, image.review.before = image.annotate.holder, by

    def withdraw(self, image: Image) -> None:
        image.annotate.status, image.annotate.is_opened = "in_progress", True
        image.review.status, image.review.is_opened = "waiting", False

    def accept(self, image: Image) -> None:
        image.annotate.status = image.review.status = "accepted"
        image.is_live = False

    def reject(self, image: Image) -> None:
        image.annotate.status, image.review.status = "rejected", "waiting"
        image.review.is_opened = False

    def skip(self, image: Image) -> None:
        image.annotate.status, image.review.status, image.is_live = "skipped", "cancelled", False

    def leave(self, who: str) -> None:
        """With the role goes what was held under it, and the folders."""
        for image in self.images:
            for work in image.works:
                if image.is_live and work.holder == who:
                    work.holder = None
        for people in self.folders.values():
            for role in people.values():
                role.discard(who)
