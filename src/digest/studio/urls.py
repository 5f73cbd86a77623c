"""Which of the studio's addresses leads to which page."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from digest.studio import article, decide, desk, door, edition, pages, shape, tags
from digest.studio.gate import signed_in, taken

_EDITION = r"^editions/(?P<newsletter>[a-z0-9-]{1,64})/(?P<slot>[0-9A-Za-z:-]{1,32})"

urlpatterns: list[URLPattern] = [
    path("sign-in", door.ask),
    path("sign-in/<str:token>", door.link),
    path("sign-out", taken("POST", door.leave)),
    path("look.css", taken("GET", pages.look)),
    path("", taken("GET", signed_in(desk.editions))),
    path("feeds", taken("GET", signed_in(desk.feeds))),
    path("tags", taken("GET", signed_in(tags.lacking))),
    path("notices", taken("GET", signed_in(desk.notices))),
    path("articles/<int:number>", taken("GET", signed_in(article.article))),
    re_path(rf"{_EDITION}/$", taken("GET", signed_in(edition.letter))),
    re_path(rf"{_EDITION}/approve$", taken("POST", signed_in(decide.approve))),
    re_path(rf"{_EDITION}/hold$", taken("POST", signed_in(decide.hold))),
    re_path(rf"{_EDITION}/resume$", taken("POST", signed_in(decide.resume))),
    re_path(rf"{_EDITION}/wish$", taken("POST", signed_in(decide.wish))),
    re_path(rf"{_EDITION}/shape$", taken("POST", signed_in(shape.shape))),
    re_path(rf"{_EDITION}/retag$", taken("POST", signed_in(tags.say))),
    re_path(rf"{_EDITION}/settle$", taken("POST", signed_in(decide.settle))),
    re_path(rf"{_EDITION}/see/(?P<form>html|page|print)$", taken("GET", signed_in(edition.see))),
    re_path(rf"{_EDITION}/(?P<tab>text|posts|page|print|ranks|tags|deliveries)$", taken("GET", signed_in(edition.tab))),
]
