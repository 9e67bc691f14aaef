from django.urls import path
from django.utils.translation import gettext_lazy as _

from registration.views import changes, data, lost, mailbox, news, own, participants, sign_up

app_name = "registration"

urlpatterns = [
    path(_("registration/"), sign_up.sign_up, name="sign-up"),
    # Between the form and the confirmation
    path(_("registration/correct/"), sign_up.correct, name="correct"),
    path(_("registration/your-mail/"), mailbox.look_at_your_mail, name="look-at-your-mail"),
    path(_("registration/code/"), mailbox.enter_code, name="enter-code"),
    path(_("registration/send-again/"), mailbox.resend, name="resend"),
    path(_("registration/lost-link/"), lost.lost_link, name="lost-link"),
    # From a mail
    path(_("registration/confirm/<str:token>/"), mailbox.confirm, name="confirm"),
    path(_("registration/withdraw/<str:token>/"), mailbox.withdraw, name="withdraw"),
    path(_("registration/new-address/<str:token>/"), mailbox.new_address, name="new-address"),
    path(_("registration/stop/<str:token>/"), lost.stop, name="stop"),
    path(_("registration/no-reminders/<str:token>/"), lost.stop_reminders, name="stop-reminders"),
    path(_("news/stop/<str:token>/"), news.news_stop, name="news-stop"),
    # A person's own page
    path(_("registration/mine/<str:token>/"), own.own, name="own"),
    path(_("registration/mine/<str:token>/calendar.ics"), own.own_calendar, name="own-calendar"),
    path(_("registration/mine/<str:token>/answer/"), own.are_you_coming, name="answer"),
    path(_("registration/mine/<str:token>/places/"), changes.change_places, name="change"),
    path(_("registration/mine/<str:token>/places/<str:code>/"), own.give_back, name="give-back"),
    path(_("registration/mine/<str:token>/places/<str:code>/take/"), own.take, name="take"),
    path(_("registration/mine/<str:token>/release/<str:code>/"), own.release, name="release"),
    path(_("registration/mine/<str:token>/online/"), own.go_online, name="go-online"),
    path(_("registration/mine/<str:token>/in-person/"), own.come_in_person, name="come-in-person"),
    path(_("registration/mine/<str:token>/consents/"), changes.consents, name="consents"),
    path(
        _("registration/mine/<str:token>/participants/"),
        participants.participants,
        name="participants",
    ),
    path(_("registration/mine/<str:token>/access-needs/"), changes.needs, name="needs"),
    path(_("registration/mine/<str:token>/send-again/"), own.send_again, name="send-again"),
    path(_("registration/mine/<str:token>/new-link/"), own.new_link, name="new-link"),
    path(_("registration/mine/<str:token>/data/"), data.ask, name="ask-for-data"),
    path(_("registration/mine/<str:token>/cancel/"), own.cancel, name="cancel"),
    # A person's data, by a link that works for ten minutes
    path(_("registration/data/<str:token>/"), data.own_data, name="own-data"),
    path(_("registration/data/<str:token>/again/"), data.ask_again, name="own-data-again"),
    path(_("registration/data/<str:token>/details/"), data.change_details, name="change-details"),
    path(_("registration/data/<str:token>/address/"), data.change_address, name="change-address"),
    path(_("registration/data/<str:token>/download/"), data.download, name="download-data"),
    path(_("registration/data/<str:token>/erase/"), data.erase, name="erase"),
]
