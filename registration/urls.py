from django.urls import path
from django.utils.translation import gettext_lazy as _

from registration import views

app_name = "registration"

urlpatterns = [
    path(_("registration/"), views.sign_up, name="sign-up"),
    # Between the form and the confirmation
    path(_("registration/your-mail/"), views.look_at_your_mail, name="look-at-your-mail"),
    path(_("registration/code/"), views.enter_code, name="enter-code"),
    path(_("registration/send-again/"), views.resend, name="resend"),
    # From a mail
    path(_("registration/confirm/<str:token>/"), views.confirm, name="confirm"),
    path(_("registration/mine/<str:token>/"), views.own, name="own"),
    path(_("registration/mine/<str:token>/calendar.ics"), views.own_calendar, name="own-calendar"),
    path(_("registration/mine/<str:token>/cancel/"), views.cancel, name="cancel"),
]
