from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from programme.decorators import personal


@personal
def sign_up(request: HttpRequest) -> HttpResponse:
    return render(request, "registration/sign_up.html")
