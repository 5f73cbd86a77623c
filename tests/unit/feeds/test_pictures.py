"""Pictures become small, upright and bare, or are refused in words."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from digest.errors import InputError
from digest.feeds.pictures import reencode


def picture(mode: str = "RGB", size: tuple[int, int] = (400, 300), kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, options.pop("colour", None) or 0).save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize(("mode", "kind"), [
    ("RGB", "JPEG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("RGB", "PNG"), ("P", "PNG"), ("1", "PNG"), ("I;16", "PNG"),
    ("P", "GIF"), ("RGB", "WEBP"),
])  # fmt: skip
def test_opaque_pictures_become_jpeg(mode, kind):
    made = reencode(picture(mode, kind=kind))
    assert (made.mime, made.width, made.height) == ("image/jpeg", 400, 300)
    assert Image.open(io.BytesIO(made.body)).mode == "RGB"


def test_transparency_is_kept_where_it_is_used():
    assert reencode(picture("RGBA", kind="PNG", colour=(200, 0, 0, 90))).mime == "image/png"
    assert reencode(picture("RGBA", kind="PNG", colour=(200, 0, 0, 255))).mime == "image/jpeg"


@pytest.mark.parametrize(
    ("size", "made"), [((2400, 1600), (1200, 800)), ((1000, 9000), (400, 3600)), ((300, 200), (300, 200))]
)
def test_no_picture_is_wider_or_taller_than_asked(size, made):
    encoded = reencode(picture(size=size))
    assert (encoded.width, encoded.height) == made


def test_metadata_goes_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at 12 Quay Street"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = reencode(picture(exif=exif, icc_profile=profile, comment=b"secret"))
    assert (made.width, made.height) == (300, 400)
    opened = Image.open(io.BytesIO(made.body))
    assert not opened.getexif()
    assert "icc_profile" not in opened.info
    assert b"Quay" not in made.body
    assert b"secret" not in made.body


def test_a_broken_colour_profile_does_no_harm():
    assert reencode(picture(icc_profile=b"nonsense" * 20)).width == 400


@pytest.mark.parametrize(("body", "words"), [
    (b"", "is not a picture in JPEG, PNG, GIF or WebP"),
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "is not a picture in JPEG, PNG, GIF or WebP"),
    (picture(kind="TIFF"), "is not a picture in JPEG, PNG, GIF or WebP"),
    (picture()[:400], "is a damaged picture"),
    (picture("1", (1, 1), "PNG"), "is too small to show: 1 by 1 pixels"),
    (picture("1", (8000, 8000), "PNG"), "is too large to unpack: 8000 by 8000 pixels"),
    (picture("1", (20000, 20000), "PNG"), "is too large to unpack: more than 40 million pixels"),
])  # fmt: skip
def test_refusals(body, words):
    with pytest.raises(InputError, match=words):
        reencode(body)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "GIF", "WEBP"]), st.integers(0, 2000), st.binary(min_size=1, max_size=30))
def test_damage_never_raises_anything_else(kind, at, junk):
    body = picture("RGB", (64, 64), kind)
    at %= len(body)
    try:
        made = reencode(body[:at] + junk + body[at + len(junk) :])
    except InputError:
        return
    assert made.width <= 1200
