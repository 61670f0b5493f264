"""One post on its own page with what people say of it; and, by plain forms, comment, delete, follow.

The pages' scripts do the same over the API, without leaving the page.
"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from soho.accounts.models import User
from soho.cursors import BadCursor
from soho.feed import comments, follows
from soho.feed import queries as feed
from soho.problems.refusals import InvalidField, NotFound, Refusal
from soho.web.views.feed import varied, wants_fragment


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@require_safe
def post(request: HttpRequest, username: str, creation_id: UUID) -> HttpResponse:
    """One published creation, where it comes from and what people say of it. Raises Http404.

    `?comments=` is a cursor, `?thread=` a comment whose answers alone are shown, `?reply=` one to answer.
    Scripts get the talk alone, or one comment (`?comment=`).
    """
    found = feed.post(creation_id, request.user.pk)
    if found is None:
        raise Http404
    if found["username"] != username:
        return redirect("post", found["username"], creation_id)
    if wants_fragment(request, "comment"):
        said = comments.one(_uuid(request.GET.get("comment")) or UUID(int=0), request.user.pk)
        if said is None or said["creationId"] != found["creationId"]:
            raise Http404
        return varied(render(request, "pages/comment.html", {"c": found, "m": said}))
    return _post_page(request, found)


def _post_page(
    request: HttpRequest, found: dict[str, Any], refusal: Refusal | None = None, **form: Any
) -> HttpResponse:
    creation_id = UUID(found["creationId"])
    context = {
        "c": found,
        "mine": found["userId"] == str(request.user.pk),
        "lineage": feed.lineage(creation_id),
        "error": str(refusal) if refusal else "",
        "said": form.get("said", ""),
        **_talk(request, found, creation_id),
        **_reply_to(request, found, form.get("parent")),
    }
    if not context["mine"]:
        context["standing"] = follows.standing(UUID(found["userId"]), request.user.pk)
    if wants_fragment(request, "talk"):
        return varied(render(request, "pages/viewer-talk.html", context))
    status = refusal.status if refusal else 200
    return varied(render(request, "pages/post.html", context, status=status))


def _talk(request: HttpRequest, found: dict[str, Any], creation_id: UUID) -> dict[str, Any]:
    """The comments, or one thread, at the cursor that the address names. Raises Http404 for a bad one."""
    cursor = request.GET.get("comments") or None
    thread = _uuid(request.GET.get("thread"))
    path = reverse("post", args=[found["username"], creation_id])
    try:
        if thread is None:
            page = comments.of_post(creation_id, request.user.pk, cursor)
        else:
            first = comments.one(thread, request.user.pk)
            if first is None or first["creationId"] != found["creationId"] or first["parentId"]:
                raise Http404
            page = comments.replies(thread, request.user.pk, cursor)
            page = comments.Page([first | {"replies": page.items}], page.next)
    except BadCursor as error:
        raise Http404 from error
    more = {"comments": page.next, **({"thread": str(thread)} if thread else {})}
    return {
        "comments": {"items": page.items},
        "comments_next": f"{path}?{urlencode(more)}" if page.next else None,
        "thread": thread is not None,
        "continued": cursor is not None,
    }


def _reply_to(request: HttpRequest, found: dict[str, Any], parent: UUID | None) -> dict[str, Any]:
    """The comment that the form answers, if any."""
    wanted = parent or _uuid(request.GET.get("reply"))
    answered = comments.one(wanted, request.user.pk) if wanted else None
    return {"reply": answered if answered and answered["creationId"] == found["creationId"] else None}


@require_POST
@never_cache
@login_required
def comment(request: HttpRequest, creation_id: UUID) -> HttpResponse:
    """Says something below a post and shows it there; a refusal keeps what was written."""
    found = feed.post(creation_id, request.user.pk)
    if found is None:
        raise Http404
    text, parent = request.POST.get("text", ""), _uuid(request.POST.get("parent"))
    try:
        said = comments.comment(_me(request), creation_id, text, parent)
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        return _post_page(request, found, refusal, said=text[:2000], parent=parent)
    path = reverse("post", args=[found["username"], creation_id])
    shown = f"?thread={said['parentId']}" if said["parentId"] else ""
    return redirect(f"{path}{shown}#c-{said['commentId']}")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def delete_comment(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    """Asks, then deletes a comment with its answers. Raises Http404 if it is not theirs to delete."""
    said = comments.one(comment_id, request.user.pk)
    if said is None or not said["deletableByMe"]:
        raise Http404
    found = feed.post(UUID(said["creationId"]), None)
    if found is None:
        raise Http404
    path = reverse("post", args=[found["username"], found["creationId"]])
    if request.method != "POST":
        return render(request, "pages/ask-comment.html", {"m": said, "back": path})
    try:
        comments.delete(_me(request), comment_id)
    except NotFound as error:
        raise Http404 from error
    messages.success(request, "Deleted")
    return redirect(f"{path}#comments")


@require_POST
@never_cache
@login_required
def follow(request: HttpRequest, username: str) -> HttpResponse:
    """Follows somebody, and back to where one was."""
    return _follow(request, username, follows.follow)


@require_POST
@never_cache
@login_required
def unfollow(request: HttpRequest, username: str) -> HttpResponse:
    """Follows somebody no more, and back to where one was."""
    return _follow(request, username, follows.unfollow)


def _follow(request: HttpRequest, username: str, change: Any) -> HttpResponse:
    try:
        change(_me(request), username)
    except NotFound as error:
        raise Http404 from error
    except (InvalidField, Refusal) as refusal:
        messages.error(request, str(refusal))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, None):
        back = reverse("profile", args=[username])
    return redirect(back)
