"""Pictures of merchants: checked by their content, encoded again, and stored by the hash of the result.

Nothing of an uploaded file is served but its pixels: what else it carries (metadata, scripts, a second file) is gone. Names and
media types that a browser sends are not read.
"""

import base64
import hashlib
import io
import logging
from collections.abc import Callable
from typing import Final

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from app.errors import InvalidRequest, ResourceMissing, StoreError
from app.objects.payment_link import PaymentLink
from app.objects.picture import Extension, Picture, hash_in
from app.store.protocol import Store

MAXIMUM_BYTES: Final = 5 * 1024 * 1024
MAXIMUM_PIXELS: Final = 25_000_000
"""Of width times height. A phone's picture has 12 to 24 million."""

LONGEST_SIDE: Final = 2000
"""Pixels. Larger pictures are made smaller: no page shows them larger."""

PREVIEWED_SIDE: Final = 600
"""Pixels of a picture that is shown before it is stored."""

LARGE: Final = 256 * 1024
"""Bytes of a PNG from which on a smaller format is used."""

QUALITY: Final = 85

_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
log: Final = logging.getLogger(__name__)

_HEIC: Final = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")


class PictureRefused(InvalidRequest):
    """A file cannot be used as a picture. `code` says why, the message says what to do."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message, param="picture", code=code)


def add_picture(store: Store, content: bytes) -> Picture:
    """Check a file, encode it again, and store it. Raises `PictureRefused`, `StoreError`."""
    picture = clean_picture(content)
    store.add_picture(picture)
    return picture


def restore_picture(store: Store, path: str, encoded: str) -> None:
    """Store a picture of an export, in base64, under the path that it had. Raises `PictureRefused`, `StoreError`."""
    hash = hash_in(path)
    try:
        content = base64.b64decode(encoded, validate=True)
    except ValueError:
        content = b""
    if hash is None or hashlib.sha256(content).hexdigest() != hash or len(content) > MAXIMUM_BYTES:
        raise PictureRefused("This is not the picture that was exported under this path.", "picture_damaged")
    with _opened(content) as image:
        width, height = image.size
    extension = path.rpartition(".")[2]
    picture = {"hash": hash, "extension": extension, "width": width, "height": height, "content": content}
    store.add_picture(Picture.model_validate(picture))


def retrieve_picture(store: Store, hash: str, extension: str) -> Picture:
    """Return a stored picture. Raises `ResourceMissing`."""
    picture = store.picture(hash)
    if picture is None or picture.extension != extension:
        raise ResourceMissing("There is no picture at this address.", param="picture")
    return picture


def find_content(store: Store, path: str | None) -> bytes | None:
    """Return the bytes of the picture with this path, or None."""
    hash = hash_in(path or "")
    picture = store.picture(hash) if hash else None
    return picture.content if picture else None


def find_size(store: Store, path: str) -> tuple[int, int] | None:
    """Return the width and height of the picture with this path, or None, also for a picture that is elsewhere."""
    hash = hash_in(path)
    return store.picture_size(hash) if hash else None


def retrieve_card(store: Store, link: str, fingerprint: str, draw: Callable[[], bytes]) -> bytes:
    """Return the card of a link as PNG. It is drawn where none with this fingerprint is stored.

    A card that cannot be stored, as on a full disk, is returned all the same.
    """
    found = store.card(link, fingerprint)
    if found is None:
        found = draw()
        try:
            store.save_card(link, fingerprint, found)
        except StoreError as error:
            log.warning("The card of %s was not stored: %s", link, type(error).__name__)
    return found


def draw_cards(
    store: Store, draw: Callable[[PaymentLink], None], *, limit: int, goes_on: Callable[[], bool] = lambda: True
) -> int:
    """Call `draw` for at most `limit` active links that are new or changed. Return how many.

    A card that cannot be drawn is not tried again before the link changes.
    """
    drawn = 0
    for link in store.links_to_draw(limit):
        if not goes_on():
            break
        try:
            draw(link)
        except Exception:
            log.exception("The card of %s was not drawn", link.id)
        store.set_card_version(link.id, link.counterfoil.version)
        drawn += 1
    return drawn


def clean_picture(content: bytes) -> Picture:
    """Return the picture in a file, encoded again. Raises `PictureRefused`.

    Only PNG, JPEG, WebP and GIF are read, whatever the file is called. The first picture of a phone's multi-picture JPEG counts.
    """
    if not content:
        raise PictureRefused("This file is empty. Choose a picture.", "picture_empty")
    if len(content) > MAXIMUM_BYTES:
        raise PictureRefused(
            f"This file is larger than {MAXIMUM_BYTES // 1024**2} MB. Choose a smaller one.", "picture_too_large"
        )
    try:
        with _opened(content) as image:
            pixels = _pixels(image)
            has_photo_format = image.format in {"JPEG", "MPO"}
        extension, encoded = _encode(pixels, has_photo_format=has_photo_format)
    except PictureRefused:
        raise
    except Exception as error:  # a decoder that reads a hostile file may raise anything
        raise PictureRefused("This picture is damaged. Save it again as PNG or JPEG.", "picture_damaged") from error
    hash = hashlib.sha256(encoded).hexdigest()
    return Picture(hash=hash, extension=extension, width=pixels.width, height=pixels.height, content=encoded)


def small_data_url(picture: Picture) -> str:
    """Return a picture as a `data:` address that is small enough to stand in a page: for a preview of one that is not stored."""
    with Image.open(io.BytesIO(picture.content), formats=_FORMATS) as image:
        image.thumbnail((PREVIEWED_SIDE, PREVIEWED_SIDE))
        encoded = _saved(image, "WEBP", quality=QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(encoded).decode()}"


def _opened(content: bytes) -> Image.Image:
    """Open a file by its content and check what its header says, before anything is decoded."""
    try:
        image = Image.open(io.BytesIO(content), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        hint = " A phone can also save its pictures as JPEG." if content[4:12] in _HEIC else ""
        message = f"This file is not a picture that pages can show. Choose a PNG, JPEG, WebP or GIF file.{hint}"
        raise PictureRefused(message, "picture_format") from None
    if image.width * image.height > MAXIMUM_PIXELS:
        raise _too_many_pixels()
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise PictureRefused("This picture moves. Choose one that stands still.", "picture_animated")
    return image


def _too_many_pixels() -> PictureRefused:
    most = MAXIMUM_PIXELS // 1_000_000
    return PictureRefused(
        f"This picture has more than {most} million pixels. Choose a smaller one.", "picture_too_many_pixels"
    )


def _pixels(image: Image.Image) -> Image.Image:
    """Return the pixels alone: upright, small enough, in RGB or RGBA with the colours of sRGB."""
    profile = image.info.get("icc_profile")
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded at a fraction of its size
    pixels = ImageOps.exif_transpose(image)
    if pixels.mode.startswith(("I", "F")):
        # 16 bits for each pixel, which `convert` would clip.
        pixels = pixels.convert("I").point(lambda value: value / 257).convert("L")
    if pixels.has_transparency_data:
        pixels = pixels.convert("RGBA")
    elif profile and pixels.mode in {"RGB", "CMYK"}:
        pixels = _in_srgb(pixels, profile)
    else:
        pixels = pixels.convert("RGB")
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if pixels.mode == "RGBA" and pixels.getchannel("A").getextrema() == (255, 255):
        pixels = pixels.convert("RGB")
    pixels.info = {}
    return pixels


def _in_srgb(pixels: Image.Image, profile: bytes) -> Image.Image:
    """Convert the colours of a camera's or a printer's profile. A profile that cannot be read is ignored."""
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(pixels, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        converted = None
    return converted or pixels.convert("RGB")


def _encode(pixels: Image.Image, *, has_photo_format: bool) -> tuple[Extension, bytes]:
    """Encode a photo as JPEG and everything else as PNG, unless that becomes large."""
    if has_photo_format:
        return "jpg", _saved(pixels, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    drawing = _saved(pixels, "PNG")
    if len(drawing) <= LARGE:
        return "png", drawing
    if pixels.mode == "RGBA":
        return "webp", _saved(pixels, "WEBP", quality=QUALITY)
    return "jpg", _saved(pixels, "JPEG", quality=QUALITY, progressive=True, optimize=True)


def _saved(pixels: Image.Image, format: str, **options: object) -> bytes:
    file = io.BytesIO()
    pixels.save(file, format, **options)
    return file.getvalue()
