"""The site's URLconf with the demo's pages, which otherwise need DEMO=1."""

from eim.urls import demo_patterns, urlpatterns

urlpatterns = [*demo_patterns, *urlpatterns]
