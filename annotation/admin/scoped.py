"""What every ModelAdmin here stands on: staff see the workspaces they administer and nothing else.

The lists, the choices of foreign keys, the filters and the targets of actions all begin at `access`. Foreign
objects are 404. Nothing is written here: saving calls the rules, and their no becomes a message. No full counts:
a list of a million rows costs what its first page costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.forms import ModelChoiceField, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import cached_property

from accounts.models import User
from annotation import access
from annotation.errors import NotFound, Refused
from annotation.models import Workspace

COUNTED = 10_000
CHOICES_SHOWN = 200


class BoundedPaginator(Paginator):
    """Counts to 10,000 and no further. Use search and filters for what lies behind."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        assert isinstance(rows, QuerySet)  # noqa: S101 - the admin gives no other
        return rows.order_by()[:COUNTED].count()


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """A sidebar filter whose choices are the ones of the person's own workspaces."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[Any]:
        related = model_admin.admin_site.get_model_admin(field.remote_field.model)
        return [(row.pk, str(row)) for row in related.get_queryset(request)[:CHOICES_SHOWN]]


class ScopedAdmin(admin.ModelAdmin):
    """Read-only unless a subclass says otherwise; `workspace_path` leads from the row to its workspace."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 200
    actions_selection_counter = True

    place = 50
    workspace_path: ClassVar[str] = "project__workspace"
    may_add = may_change = may_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows if actor(request).is_superuser else self.within(rows, administered(request))

    def within(self, rows: QuerySet[Any], workspaces: list[int]) -> QuerySet[Any]:
        return rows.filter(**{f"{self.workspace_path}__in": workspaces})

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        related = self.admin_site.get_model_admin(db_field.remote_field.model)
        kwargs["queryset"] = related.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the green plus and the pencil: things are made on their own pages."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for link in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if field and hasattr(field.widget, link):
                setattr(field.widget, link, False)
        return field

    def has_module_permission(self, request: HttpRequest) -> bool:
        return actor(request).is_superuser or bool(administered(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_add and self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_change and self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_delete and self.has_module_permission(request)

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """For actions that call a rule (`permissions=["steer"]`): their targets come from `get_queryset`."""
        return self.has_module_permission(request)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A rule's no stands in the form, with all that was typed; Django's admin has rolled back what came before."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except NotFound as refused:
            raise Http404(refused.sentence) from refused
        except Refused as refused:
            request._refused = refused  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        refused: Refused | None = getattr(request, "_refused", None)
        return form if refused is None else _saying(form, refused)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except NotFound as refused:
            raise Http404(refused.sentence) from refused
        except Refused as refused:
            self.message_user(request, refused.sentence, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """Django would say "perhaps it was deleted" and lead home; foreign and absent are both 404 here."""
        raise Http404

    def each(
        self, request: HttpRequest, rows: Sequence[Model] | QuerySet[Any], rule: Callable[[Any], str]
    ) -> None:
        """Calls `rule` row by row. Its sentence, or its refusal, becomes a message that names the row."""
        for row in rows:
            try:
                self.message_user(request, f"{row}: {rule(row)}", messages.SUCCESS)
            except Refused as refused:
                self.message_user(request, f"{row}: {refused.sentence}", messages.ERROR)


def _saying(form: type[ModelForm], refused: Refused) -> type[ModelForm]:
    """The form with the refusal at its field."""

    class Refusing(form):  # type: ignore[valid-type, misc]
        def clean(self) -> Any:
            data = super().clean()
            field = refused.facts.get("field")
            self.add_error(field if field in self.fields else None, refused.sentence)
            return data

    return Refusing


def actor(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the site lets nobody else in
    return request.user


def administered(request: HttpRequest) -> list[int]:
    """Ids of the workspaces the person administers; asked once a request."""
    found: list[int] | None = getattr(request, "_administered_workspaces", None)
    if found is None:
        user = actor(request)
        rows = Workspace.objects.all() if user.is_superuser else access.administered_workspaces(user)
        found = list(rows.order_by("pk").values_list("pk", flat=True))
        request._administered_workspaces = found  # type: ignore[attr-defined]
    return found
