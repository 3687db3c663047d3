"""Keywords in XMP: what is added is inserted, and every other byte stays as it is.

An XML library would write the file anew, with other prefixes, and without comments. The parser
only tells where things are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

__all__ = ["NotXmpError", "merged"]

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
LR = "http://ns.adobe.com/lightroom/1.0/"
DIGIKAM = "http://www.digikam.org/ns/1.0/"
SUBJECT = f"{DC} subject"
TOP = "Pixkin"
"""The keyword that ours lie below, where keywords have a tree."""
TREES = {f"{LR} hierarchicalSubject": "|", f"{DIGIKAM} TagsList": "/"}
"""Lists with the whole path of each keyword: of Lightroom, and of digiKam; what parts the steps."""
NAMES = {SUBJECT: ("dc", "Bag"), f"{LR} hierarchicalSubject": ("lr", "Bag"),
         f"{DIGIKAM} TagsList": ("digiKam", "Seq")}  # fmt: skip
LISTS = {f"{RDF} {kind}" for kind in ("Bag", "Seq", "Alt")}
MOST_BYTES = 2**24
"""A sidecar has kilobytes, or some megabytes with the history of a raw picture."""
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
EMPTY = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Pixkin">
 <rdf:RDF xmlns:rdf="{RDF}">
  <rdf:Description rdf:about="">
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
""".encode()


class NotXmpError(ValueError):
    """A file is no XMP, or is none that can be added to; the text says why."""


def merged(old: bytes | None, keyword: str) -> bytes:
    """Add a keyword to XMP; the same bytes come back if it is there already.

    It goes to ``dc:subject``. The lists with a tree of keywords get it too where they are, or where
    there are no keywords yet: a program that finds such a list reads it instead of ``dc:subject``,
    so a new one beside older keywords would hide those.

    Parameters
    ----------
    old : bytes or None
        None for a new file.
    keyword : str

    Raises
    ------
    NotXmpError
    """
    keyword = " ".join(NOT_XML.sub("", keyword).split())
    if not keyword:
        raise NotXmpError("cannot hold the name of the group")
    data = EMPTY if old is None else old
    found = _parsed(data)
    is_first = not any(found.lists[name].keywords for name in NAMES if name in found.lists)
    for name in NAMES:
        sign = TREES.get(name, "")
        if not sign or is_first or name in found.lists:
            text = f"{TOP}{sign}{keyword.replace(sign, '_')}" if sign else keyword
            data = _added(data, _parsed(data), name, text)
    if keyword not in _parsed(data).lists[SUBJECT].keywords:
        raise NotXmpError("has keywords in a form that is not known")
    return data


@dataclass(slots=True)
class _Spot:
    """An element: where its tags are, as places in the bytes."""

    name: str
    prefix: str
    start: int
    inside: int
    """Where its content begins."""
    is_single: bool
    """Whether that is all of it: ``<a/>``."""
    end: int = -1
    """Where its last tag begins, if there is one."""


@dataclass(slots=True)
class _List:
    """A list of keywords."""

    outer: _Spot
    inner: _Spot | None = None
    keywords: list[str] = field(default_factory=list)
    last: tuple[int, int] | None = None
    """Where the last one begins and ends."""


class _Found:
    """Reads XMP, and notes where keywords are and where they can go."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.rdf: _Spot | None = None
        self.description: _Spot | None = None
        self.about = ""
        self.lists: dict[str, _List] = {}
        self._open: list[_Spot] = []
        self._list: _List | None = None
        self._text: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.namespace_prefixes = True
        self._parser.buffer_text = True
        self._parser.XmlDeclHandler = self._declared
        self._parser.StartDoctypeDeclHandler = self._refuse  # entities are declared there alone
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append
        self._parser.Parse(data, True)

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in {"utf-8", "utf8"}:
            raise NotXmpError(f"is in the encoding {encoding}; XMP beside a picture is in UTF-8")

    def _refuse(self, *_: Any) -> None:
        raise NotXmpError("declares a document type, which no XMP does")

    def _start(self, full: str, attributes: dict[str, str]) -> None:
        uri, name, prefix = _split(full)
        start = self._parser.CurrentByteIndex
        inside = _after_tag(self.data, start)
        is_single = self.data[inside - 2 : inside] == b"/>"
        spot = _Spot(f"{uri} {name}", prefix, start, inside, is_single)
        path = [one.name for one in self._open]
        self._open.append(spot)
        self._text.clear()
        if spot.name == f"{RDF} RDF":
            if self.rdf:
                raise NotXmpError("has more than one rdf:RDF")
            self.rdf = spot
        elif path[-1:] == [f"{RDF} RDF"]:
            self._describe(spot, {_plain(key): value for key, value in attributes.items()})
        elif path[-2:-1] == [f"{RDF} RDF"] and spot.name in NAMES:
            if spot.name in self.lists:
                raise NotXmpError(f"has {name} twice")
            self._check_form(not any(key.startswith(RDF) for key in attributes))
            self._list = self.lists[spot.name] = _List(spot)
        elif self._list and self._open[-2] is self._list.outer and spot.name in LISTS:
            self._list.inner = spot

    def _describe(self, spot: _Spot, attributes: dict[str, str]) -> None:
        self._check_form(not any(name in attributes for name in NAMES))
        if self.description is None and spot.name == f"{RDF} Description":
            self.description = spot
            self.about = attributes.get(f"{RDF} about", "")

    def _end(self, _: str) -> None:
        spot, found = self._open.pop(), self._list
        spot.end = self._parser.CurrentByteIndex
        if found is None:
            return
        if found.inner and self._open[-1] is found.inner and spot.name == f"{RDF} li":
            found.keywords.append("".join(self._text).strip())
            end = spot.inside if spot.is_single else _after_tag(self.data, spot.end)
            found.last = spot.start, end
        elif spot is found.outer:
            self._check_form(bool(found.inner or not self.data[spot.inside : spot.end].strip()))
            self._list = None

    @staticmethod
    def _check_form(is_known: bool) -> None:
        if not is_known:
            raise NotXmpError("has keywords in a form that is not known")


def _parsed(data: bytes) -> _Found:
    if len(data) > MOST_BYTES:
        raise NotXmpError("is larger than any sidecar")
    try:
        data.decode("utf-8")
        found = _Found(data)
    except UnicodeDecodeError as error:
        raise NotXmpError("is no XMP: it is not in UTF-8") from error
    except expat.ExpatError as error:
        raise NotXmpError(f"is no XMP: {error}") from error
    if found.rdf is None:
        raise NotXmpError("is no XMP: it has no rdf:RDF")
    return found


def _added(data: bytes, found: _Found, name: str, keyword: str) -> bytes:
    """Insert one keyword into one list, which is made if it is not there."""
    own = found.lists.get(name)
    prefix, kind = NAMES[name]
    uri, local = name.split(" ")
    if own and keyword in own.keywords:
        return data
    if own and own.inner:
        inner = own.inner
        tag = f"{inner.prefix}:li" if inner.prefix else "li"
        item = f"<{tag}>{escape(keyword)}</{tag}>"
        if own.last:
            start, end = own.last
            blank = re.search(rb"\s*\Z", data[inner.inside : start])
            item = (blank.group().decode() if blank else "") + item
            return data[:end] + item.encode() + data[end:]
        return _inside(data, inner, item)
    items = f'<rdf:{kind} xmlns:rdf="{RDF}"><rdf:li>{escape(keyword)}</rdf:li></rdf:{kind}>'
    if own:
        return _inside(data, own.outer, items)
    whole = f'<{prefix}:{local} xmlns:{prefix}="{uri}">{items}</{prefix}:{local}>'
    if found.description:
        return _inside(data, found.description, f" {whole}\n  ")
    about = escape(found.about, {'"': "&quot;"})
    node = f'<rdf:Description xmlns:rdf="{RDF}" rdf:about="{about}">{whole}</rdf:Description>'
    assert found.rdf is not None
    return _inside(data, found.rdf, node)


def _inside(data: bytes, spot: _Spot, text: str) -> bytes:
    """Insert text as the last of an element's content."""
    if not spot.is_single:
        return data[: spot.end] + text.encode() + data[spot.end :]
    tag = data[spot.start : spot.inside]  # <a b="c"/>
    name = re.match(rb"<([^\s/>]+)", tag)
    assert name is not None
    first = tag[:-2].rstrip() + b">"
    return data[: spot.start] + first + text.encode() + b"</" + name[1] + b">" + data[spot.inside :]


def _after_tag(data: bytes, start: int) -> int:
    """Say where a tag ends that begins at a place: at the first ``>`` outside of quotes."""
    found = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*+>""").match(data, start)
    return found.end() if found else len(data)


def _split(full: str) -> tuple[str, str, str]:
    """Give the address, the name and the prefix of what the parser calls by all three."""
    parts = full.split(" ")
    if len(parts) == 1:
        return "", full, ""
    return parts[0], parts[1], parts[2] if len(parts) > 2 else ""


def _plain(full: str) -> str:
    return " ".join(_split(full)[:2])
