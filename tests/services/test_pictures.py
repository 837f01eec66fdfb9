"""Pictures are judged by their content alone, and nothing but their pixels is stored."""

import io
import struct
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from app.errors import ResourceMissing
from app.objects.picture import PICTURE_PATH
from app.services import pictures
from app.services.pictures import PictureRefused, clean_picture
from app.store import Store, open_store
from tests.support.migrated import migrated_database

SCRIPT = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def a_file(
    format: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (40, 30), color: Any = None, **options: Any
) -> bytes:
    """Return the file of a picture in one colour."""
    file = io.BytesIO()
    colors: dict[str, Any] = {
        "RGB": (10, 90, 160),
        "RGBA": (10, 90, 160, 128),
        "CMYK": (200, 20, 20, 0),
        "L": 90,
        "P": 1,
        "1": 1,
    }
    picture = Image.new(mode, size, colors.get(mode, 0) if color is None else color)
    if mode == "P":
        picture.putpalette([0, 0, 0, 10, 90, 160])
    picture.save(file, format, **options)
    return file.getvalue()


def animated(format: str, frames: int = 3) -> bytes:
    file = io.BytesIO()
    first, *others = (Image.new("RGB", (20, 20), (number * 40, 0, 0)) for number in range(frames))
    first.save(file, format, save_all=True, append_images=others)
    return file.getvalue()


def png_that_claims(width: int, height: int, text: bytes = b"") -> bytes:
    """Return a small PNG whose header promises this size. `text` is packed into a comment."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1024))
    comment = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(text)) if text else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + comment + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "extension", "mode"),
    [
        pytest.param(a_file("PNG"), "png", "RGB", id="PNG"),
        pytest.param(a_file("PNG", "RGBA"), "png", "RGBA", id="PNG with transparency"),
        pytest.param(a_file("PNG", "RGBA", color=(1, 2, 3, 255)), "png", "RGB", id="PNG with an unused alpha channel"),
        pytest.param(a_file("PNG", "P", transparency=0), "png", "RGB", id="PNG with an unused transparent colour"),
        pytest.param(a_file("PNG", "P", color=0, transparency=0), "png", "RGBA", id="PNG with a transparent colour"),
        pytest.param(a_file("PNG", "1"), "png", "RGB", id="PNG in black and white"),
        pytest.param(a_file("PNG", "L"), "png", "RGB", id="PNG in grey"),
        pytest.param(a_file("JPEG"), "jpg", "RGB", id="JPEG"),
        pytest.param(a_file("JPEG", "CMYK"), "jpg", "RGB", id="JPEG for print"),
        pytest.param(a_file("JPEG", "L"), "jpg", "RGB", id="JPEG in grey"),
        pytest.param(animated("MPO"), "jpg", "RGB", id="several pictures in a phone's JPEG"),
        pytest.param(a_file("WEBP"), "png", "RGB", id="WebP"),
        pytest.param(a_file("WEBP", "RGBA"), "png", "RGBA", id="WebP with transparency"),
        pytest.param(a_file("GIF", "P"), "png", "RGB", id="GIF"),
    ],
)
def test_a_picture_is_encoded_again(content: bytes, extension: str, mode: str) -> None:
    picture = clean_picture(content)
    image = opened(picture.content)
    assert (picture.extension, image.mode) == (extension, mode)
    assert (image.format or "").lower() == {"jpg": "jpeg"}.get(extension, extension)
    assert (picture.width, picture.height) == image.size
    assert PICTURE_PATH.fullmatch(picture.path)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "picture_empty", id="nothing"),
        pytest.param(SVG, "picture_format", id="SVG"),
        pytest.param(b"\xef\xbb\xbf<?xml version='1.0'?>" + SVG, "picture_format", id="SVG after a byte order mark"),
        pytest.param(zlib.compress(SVG), "picture_format", id="compressed SVG"),
        pytest.param(b"<html>" + SCRIPT, "picture_format", id="HTML"),
        pytest.param(b"%PDF-1.7\n", "picture_format", id="PDF"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n", "picture_format", id="PostScript"),
        pytest.param(a_file("BMP"), "picture_format", id="BMP"),
        pytest.param(a_file("TIFF"), "picture_format", id="TIFF"),
        pytest.param(a_file("ICO"), "picture_format", id="ICO"),
        pytest.param(b"\x00\x00\x00\x18ftypheic" + bytes(64), "picture_format", id="HEIC"),
        pytest.param(a_file("PNG") + bytes(pictures.MAXIMUM_BYTES), "picture_too_large", id="too many bytes"),
        pytest.param(png_that_claims(5001, 5000), "picture_too_many_pixels", id="a pixel too many"),
        pytest.param(png_that_claims(10_000, 10_000), "picture_too_many_pixels", id="a bomb"),
        pytest.param(png_that_claims(60_000, 60_000), "picture_too_many_pixels", id="a large bomb"),
        pytest.param(png_that_claims(4000, 4000), "picture_damaged", id="fewer pixels than promised"),
        pytest.param(png_that_claims(4, 4, bytes(3_000_000)), "picture_damaged", id="a text that unpacks to megabytes"),
        pytest.param(animated("GIF"), "picture_animated", id="animated GIF"),
        pytest.param(animated("WEBP"), "picture_animated", id="animated WebP"),
        pytest.param(animated("PNG"), "picture_animated", id="animated PNG"),
    ],
)
def test_what_is_no_picture_for_pages_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(PictureRefused) as refused:
        clean_picture(content)
    assert refused.value.code == code


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_truncated_picture_is_refused(format: str, part: float) -> None:
    noise = Image.effect_noise((64, 64), 90).convert("RGB")
    file = io.BytesIO()
    noise.save(file, format)
    whole = file.getvalue()
    assert clean_picture(whole).width == 64
    with pytest.raises(PictureRefused):
        clean_picture(whole[: int(len(whole) * part)])


def test_a_phone_is_told_to_save_as_jpeg() -> None:
    with pytest.raises(PictureRefused, match="can also save its pictures as JPEG"):
        clean_picture(b"\x00\x00\x00\x18ftypheic" + bytes(64))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF"])
def test_nothing_but_the_pixels_is_kept(format: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    options: dict[str, Any] = {"comment": SCRIPT} if format in {"GIF", "JPEG"} else {}
    if format != "GIF":
        options["exif"] = exif
    given = a_file(format, "P" if format == "GIF" else "RGB", **options) + b"PK\x03\x04" + SCRIPT
    assert given.count(SCRIPT) >= 2
    cleaned = clean_picture(given)
    assert SCRIPT not in cleaned.content
    assert b"PK\x03\x04" not in cleaned.content
    assert not opened(cleaned.content).getexif()


def test_a_picture_that_a_phone_turned_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = clean_picture(a_file("JPEG", size=(40, 30), exif=exif))
    assert (picture.width, picture.height) == (30, 40)


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    picture = clean_picture(a_file("JPEG", size=(2400, 1200)))
    assert (picture.width, picture.height) == (2000, 1000)
    assert clean_picture(a_file("PNG", "L", size=(1, 3000))).height == 2000


def test_sixteen_bits_for_each_pixel_keep_their_brightness() -> None:
    file = io.BytesIO()
    Image.new("I;16", (8, 8), 0x8080).save(file, "PNG")
    assert opened(clean_picture(file.getvalue()).content).getpixel((4, 4)) == (128, 128, 128)


def test_colours_of_a_profile_become_those_of_the_web() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    blue_as_red = srgb.replace(b"rXYZ", b"....").replace(b"bXYZ", b"rXYZ").replace(b"....", b"bXYZ")
    red = clean_picture(a_file("JPEG", color=(0, 0, 250), icc_profile=blue_as_red)).content
    assert b"ICC_PROFILE" not in red
    color = opened(red).getpixel((9, 9))
    assert isinstance(color, tuple)
    assert color[0] > 240 > 10 > color[2]


@pytest.mark.parametrize("profile", [b"nonsense", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()])
def test_a_profile_that_does_not_fit_is_ignored(profile: bytes) -> None:
    assert clean_picture(a_file("JPEG", icc_profile=profile)).content == clean_picture(a_file("JPEG")).content


def test_noise_becomes_a_small_format() -> None:
    noise = Image.effect_noise((400, 400), 120).convert("RGB")
    clear = noise.convert("RGBA")
    clear.putalpha(120)
    for image, extension in ((noise, "jpg"), (clear, "webp")):
        file = io.BytesIO()
        image.save(file, "PNG")
        assert clean_picture(file.getvalue()).extension == extension


@given(st.binary(max_size=200), st.integers(0, 150))
def test_whatever_a_file_holds_it_is_a_picture_or_refused(change: bytes, at: int) -> None:
    for format in ("PNG", "JPEG", "WEBP", "GIF"):
        content = bytearray(a_file(format, "P" if format == "GIF" else "RGB", size=(6, 6)))
        content[at : at + len(change)] = change
        with suppress(PictureRefused):
            assert clean_picture(bytes(content)).width > 0


@pytest.fixture
def store(tmp_path: Any) -> Any:
    store = open_store(migrated_database(tmp_path / "counterfoil.db"))
    yield store
    store.close()


def test_the_same_picture_has_the_same_address(store: Store) -> None:
    first, second = (pictures.add_picture(store, a_file()) for _ in range(2))
    assert first == second == pictures.retrieve_picture(store, first.hash, "png")
    assert pictures.add_picture(store, a_file(color=(1, 2, 3))).hash != first.hash


def test_a_picture_is_found_by_its_whole_name_alone(store: Store) -> None:
    picture = pictures.add_picture(store, a_file())
    for hash, extension in ((picture.hash, "jpg"), ("0" * 64, "png"), (picture.hash[:-1], "png")):
        with pytest.raises(ResourceMissing):
            pictures.retrieve_picture(store, hash, extension)
