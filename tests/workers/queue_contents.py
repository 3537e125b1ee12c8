"""All that a Valkey holds, unpacked the ways RQ packs it, and where RQ keeps its workers."""

import binascii
import zlib
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

from redis import Redis

AT_WORK = "rq:workers:hooks"


def everything(connection: Any) -> bytes:
    """Every key and value of any type, as stored and unpacked."""
    found = []
    for key in connection.scan_iter():
        found.append(key)
        found.extend(variant for leaf in leaves(value(connection, key)) for variant in packed(leaf))
    return b"\n".join(found)


def value(connection: Any, key: bytes) -> object:
    """What is stored under a key; a type without a reader is a failure."""
    readers = {
        b"string": connection.get,
        b"hash": connection.hgetall,
        b"set": connection.smembers,
        b"list": lambda name: connection.lrange(name, 0, -1),
        b"zset": lambda name: connection.zrange(name, 0, -1),
        b"stream": connection.xrange,
        b"none": lambda _: None,
    }
    return readers[connection.type(key)](key)


def leaves(stored: object) -> Iterator[bytes]:
    """The byte strings in a reply."""
    if isinstance(stored, bytes):
        yield stored
    elif isinstance(stored, dict):
        yield from leaves([*stored.keys(), *stored.values()])
    elif isinstance(stored, list | tuple | set):
        for member in stored:
            yield from leaves(member)


def packed(leaf: bytes) -> Iterator[bytes]:
    """A byte string as it is, decompressed, and decoded and decompressed."""
    yield leaf
    for content in (leaf, decoded(leaf)):
        try:
            yield zlib.decompress(content)
        except zlib.error:
            continue


def decoded(leaf: bytes) -> bytes:
    try:
        return b64decode(leaf, validate=True)
    except binascii.Error:
        return b""


def client(url: str) -> Redis:
    return Redis.from_url(url)
