"""The page of the link in news: no more of them, without a registration and by one click."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from programme.decorators import SiteRequest, personal
from registration import actions, tokens
from registration.views.owner import dead_link


@csrf_exempt
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def news_stop(request: SiteRequest, token: str) -> HttpResponse:
    """Delete the address for news, by the reader's button or by that of a mail program (RFC 8058).

    A mail program posts from its own servers, without a cookie: the token alone says whose it is.
    """
    claim = tokens.read_news(token)
    if claim is None:
        return dead_link(request)
    if request.method == "POST":
        actions.stop_news(claim)
    is_done = not actions.has_news_address(claim)
    return render(request, "registration/news_stop.html", {"is_done": is_done})
