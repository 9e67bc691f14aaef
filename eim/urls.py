from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from eim import demo, views
from eim.sitemap import sitemap

handler400 = "eim.views.bad_request"
handler403 = "eim.views.permission_denied"
handler404 = "eim.views.page_not_found"
handler500 = "eim.views.server_error"

urlpatterns = [
    path("", views.front_door, name="front-door"),
    path("", include("programme.feeds.urls")),
    # For machines
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    # Files, and the back office
    path("media/<path:path>", views.media, name="media"),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
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
    path("", views.home, name="home"),
    path("", include("registration.urls")),
    path("", include("programme.urls")),
)
