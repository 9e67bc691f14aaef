from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, register_converter

from eim.views import demo, files, health, home
from eim.views.archive import MeetingNumber, archived
from eim.views.sitemap import sitemap

handler400 = "eim.views.errors.bad_request"
handler403 = "eim.views.errors.permission_denied"
handler404 = "eim.views.errors.page_not_found"
handler500 = "eim.views.errors.server_error"

register_converter(MeetingNumber, "meeting_number")

urlpatterns = [
    path("", home.front_door, name="front-door"),
    path("", include("programme.feeds.urls")),
    # For machines
    *[path(name, view, name=name) for name, view in health.ADDRESSES.items()],
    path("robots.txt", files.robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    # Files, and the back office
    path("media/<path:path>", files.media, name="media"),
    # Before the frozen editions: it may be a number, too.
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
    path("<meeting_number:number>/", archived, name="archive"),
    path("<meeting_number:number>/<path:path>", archived, name="archived"),
]

demo_patterns = [
    path("demo/mails/", demo.mails, name="demo-mails"),
    path("demo/mails/<int:number>/", demo.mail, name="demo-mail"),
    path("demo/mails/<int:number>/html/", demo.mail_html, name="demo-mail-html"),
    path("components/", demo.components, name="components"),
]
if settings.DEMO:
    urlpatterns += demo_patterns

# Last: the pages that organisers write match any address of one word.
urlpatterns += i18n_patterns(
    path("", home.home, name="home"),
    path("", include("registration.urls")),
    path("", include("programme.urls")),
)
