"""Which address leads to which room."""

from importlib.util import find_spec

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, include, path

from digest.studio.metrics import metrics


def _front(_request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect("/studio/")


urlpatterns: list[URLPattern | URLResolver] = [
    path("studio/", include("digest.studio.urls")),
    path("metrics", metrics),
    *([path("", include("digest.reader.urls"))] if find_spec("digest.reader.urls") else []),
    path("", _front),
]

handler403 = "digest.studio.pages.forbidden"
handler404 = "digest.site.lost.not_found"
handler500 = "digest.studio.pages.failed"
