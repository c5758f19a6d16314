"""Pictures as PNG files, by zlib alone, so that a report needs no imaging library."""

import base64
import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TRUE_COLOUR = 2
UP = 2  # each byte less the one above it: flat areas become runs of zeros


def encode(picture: np.ndarray) -> bytes:
    """A picture, uint8 (height, width, 3), as a PNG file (RFC 2083)."""
    height, width, _ = picture.shape
    rows = np.ascontiguousarray(picture, np.uint8).reshape(height, width * 3)
    above = np.vstack((np.zeros((1, width * 3), np.uint8), rows[:-1]))
    filtered = np.hstack((np.full((height, 1), UP, np.uint8), rows - above))
    header = struct.pack(">IIBBBBB", width, height, 8, TRUE_COLOUR, 0, 0, 0)
    body = zlib.compress(filtered.tobytes(), 9)
    return SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def data_uri(picture: np.ndarray) -> str:
    """A picture as the address of an image that a page carries in itself."""
    return "data:image/png;base64," + base64.b64encode(encode(picture)).decode()


def without_blank_rows(picture: np.ndarray, margin: int = 8) -> np.ndarray:
    """A picture without its tallest blank: rows of one colour, of which `margin` are kept."""
    flat = (picture == picture[:, :1]).all(axis=(1, 2))
    goes_on = flat[1:] & flat[:-1] & (picture[1:, 0] == picture[:-1, 0]).all(axis=1)
    ends = np.flatnonzero(~np.concatenate((goes_on, [False])))  # the last row of each run
    starts = np.concatenate(([0], ends[:-1] + 1))
    tallest = int((ends - starts).argmax())
    cut = slice(int(starts[tallest]) + margin, int(ends[tallest]) + 1)
    return np.delete(picture, cut, axis=0)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum
