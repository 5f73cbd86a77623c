"""Which address leads to which of the readers' rooms."""

from __future__ import annotations

from django.urls import URLPattern, path

from digest.reader.archive import archive, edition, printed
from digest.reader.leave import leave
from digest.reader.pictures import picture
from digest.reader.preferences import preferences

urlpatterns: list[URLPattern] = [
    path("u/<path:token>", leave, name="leave"),
    path("s/<path:token>", preferences, name="preferences"),
    path("e/<slug:newsletter>/", archive, name="archive"),
    path("e/<slug:newsletter>/<str:slot>", edition, name="edition"),
    path("e/<slug:newsletter>/<str:slot>/print", printed, name="printed"),
    path("i/<str:name>", picture, name="picture"),
]
