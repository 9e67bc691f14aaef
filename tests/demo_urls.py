"""The site's addresses with those of the demo, which stand only under DEMO."""

from eim.urls import demo_patterns, urlpatterns

urlpatterns = [*demo_patterns, *urlpatterns]
