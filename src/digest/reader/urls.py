"""Which address leads to which of the readers' rooms."""

from __future__ import annotations

from django.urls import URLPattern, path

from digest.reader.archive import archive, edition, printed
from digest.reader.confirm import confirm
from digest.reader.follow import follow
from digest.reader.hooks import hook
from digest.reader.leave import leave, less
from digest.reader.pictures import picture
from digest.reader.preferences import preferences
from digest.reader.signup import sign_up

urlpatterns: list[URLPattern] = [
    path("subscribe", sign_up, name="sign-up"),
    path("subscribe/<slug:newsletter>", sign_up, name="sign-up-one"),
    path("confirm/<str:secret>", confirm, name="confirm"),
    path("u/<str:token>/less", less, name="less"),
    path("u/<path:token>", leave, name="leave"),
    path("s/<path:token>", preferences, name="preferences"),
    path("e/<slug:newsletter>/", archive, name="archive"),
    path("e/<slug:newsletter>/<str:slot>", edition, name="edition"),
    path("e/<slug:newsletter>/<str:slot>/print", printed, name="printed"),
    path("r/<slug:newsletter>/<str:slot>/<str:story>", follow, name="follow"),
    path("i/<str:name>", picture, name="picture"),
    path("hooks/<slug:provider>/", hook, name="hook"),
]
