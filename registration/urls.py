from django.urls import path
from django.utils.translation import gettext_lazy as _

from registration import views

app_name = "registration"

urlpatterns = [
    path(_("registration/"), views.sign_up, name="sign-up"),
]
