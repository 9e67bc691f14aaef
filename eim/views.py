from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from programme.decorators import machine, public


@public
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@machine
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
