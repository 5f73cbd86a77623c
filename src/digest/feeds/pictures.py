"""Makes a publisher's picture small, clean and safe to serve from our own address; the only home of Pillow."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from digest.errors import InputError

FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP")
"""What is read; anything else, SVG above all, is refused."""
MOST_PIXELS: Final = 40_000_000
"""Pixels of the largest picture that is unpacked: 160 MB of memory."""
SMALLEST: Final = 32
"""Pixels on the shorter side; anything smaller is an icon or a counter."""

_TALLEST: Final = 3  # times the width
_QUALITY: Final = 82
# What Pillow's readers let through on damaged or hostile files.
_FAULTS: Final = (
    EOFError, LookupError, OSError, OverflowError, SyntaxError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A picture as we serve it. `width`, `height` in pixels; `mime` is image/jpeg or image/png."""

    body: bytes
    width: int
    height: int
    mime: str


def reencode(body: bytes, *, max_width: int = 1200) -> Encoded:
    """Unpack a picture and write it anew: upright, no wider than asked, in sRGB, without any metadata.

    Only the first frame of an animation is kept. Pictures with transparency become PNG, others JPEG.

    Args:
        body: the file as fetched.
        max_width: pixels.

    Raises:
        InputError: it is no picture, too large to unpack, or too small to show; in words.
    """
    try:
        with Image.open(io.BytesIO(body), formats=FORMATS) as opened:
            _judge(opened.size)
            if opened.format == "JPEG":
                opened.draft(None, (2 * max_width, 2 * max_width * _TALLEST))  # decodes large files at a fraction
            picture = _prepared(opened)
    except UnidentifiedImageError:
        raise InputError("is not a picture in JPEG, PNG, GIF or WebP") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InputError(f"is too large to unpack: more than {MOST_PIXELS // 1_000_000} million pixels") from None
    except _FAULTS:
        raise InputError("is a damaged picture") from None
    if picture.width > max_width or picture.height > max_width * _TALLEST:
        picture.thumbnail((max_width, max_width * _TALLEST), Image.Resampling.LANCZOS)
    return _written(picture)


def _judge(size: tuple[int, int]) -> None:
    """Refuse what would fill the memory, or show nothing.

    Raises:
        InputError: with the size in words.
    """
    width, height = size
    if width * height > MOST_PIXELS:
        raise InputError(f"is too large to unpack: {width} by {height} pixels")
    if min(width, height) < SMALLEST:
        raise InputError(f"is too small to show: {width} by {height} pixels")


def _prepared(opened: Image.Image) -> Image.Image:
    """Decode a picture; turn it upright, into sRGB, and into one of two modes."""
    opened.load()
    profile = opened.info.get("icc_profile")
    picture = ImageOps.exif_transpose(opened)
    clear = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    if profile and picture.mode in ("RGB", "RGBA", "CMYK", "L"):
        picture = _in_srgb(picture, profile)
    picture = picture.convert("RGBA" if clear else "RGB")
    if clear and picture.getextrema()[-1] == (255, 255):
        picture = picture.convert("RGB")
    return picture


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Convert colours by the picture's own profile, which is then dropped; a broken profile changes nothing."""
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture
    return converted if converted is not None else picture


def _written(picture: Image.Image) -> Encoded:
    """Write pixels alone: a new picture carries no metadata of the old one."""
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    out = io.BytesIO()
    if bare.mode == "RGBA":
        bare.save(out, "PNG", optimize=True)
    else:
        bare.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    mime = "image/png" if bare.mode == "RGBA" else "image/jpeg"
    return Encoded(body=out.getvalue(), width=bare.width, height=bare.height, mime=mime)
