"""An XMP packet as a tree of XML: read safely, changed in place, nothing lost that is not understood.

XMP may say the same thing in several ways: a simple property as an attribute of ``rdf:Description`` or as an element in
it, the properties of one photo spread over several ``rdf:Description``. All are read; what is written is the form that
darktable (exiv2) writes. Why lxml and not exiv2's own binding: tests/hostbridge/darktable/test_exiv2_loses.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from hostbridge import MalformedSidecar

LARGEST = 64 << 20  # bytes; darktable's largest sidecars, with thousands of brush points, have a few MB

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DARKTABLE = "{http://darktable.sf.net/}"
_XMPMETA = "{adobe:ns:meta/}xmpmeta"
_PREFIXES = {
    "x": "adobe:ns:meta/",
    "rdf": RDF[1:-1],
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "darktable": DARKTABLE[1:-1],
}
for _prefix, _uri in _PREFIXES.items():
    etree.register_namespace(_prefix, _uri)

_EMPTY = """<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" \
xmlns:darktable="http://darktable.sf.net/"/>
 </rdf:RDF>
</x:xmpmeta>"""
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def empty() -> etree._Element:
    """The tree of a packet that says nothing yet."""
    return etree.fromstring(_EMPTY)


def parse(text: bytes | str, name: str) -> etree._Element:
    """The root of a packet; ``name`` is what errors call it. `MalformedSidecar` for anything that is not one."""
    root = xml(text, name)
    if root.tag not in {_XMPMETA, f"{RDF}RDF"}:
        raise MalformedSidecar(f"{name} is XML but not XMP ({root.tag}): move it away")
    _descriptions(root, name)
    return root


def xml(text: bytes | str, name: str) -> etree._Element:
    """The root of an XML file that may come from anywhere: no entities, no DTD, nothing fetched, nothing huge."""
    raw = text.encode() if isinstance(text, str) else text
    raw = raw.strip(b"\0 \r\n\t")
    if not raw:
        raise MalformedSidecar(f"{name} is empty: delete it, or restore darktable's own copy")
    if len(raw) > LARGEST:
        raise MalformedSidecar(f"{name} has {len(raw)} bytes, no sidecar or style has more than {LARGEST}")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise MalformedSidecar(f"{name} is not well-formed XML: {error}; restore it or move it away") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise MalformedSidecar(f"{name} has a document type, which no sidecar has: move it away")
    return root


def serialize(root: etree._Element) -> bytes:
    """The packet as the bytes of a sidecar file: the same tree always gives the same bytes."""
    return _DECLARATION + etree.tostring(root, encoding="UTF-8", xml_declaration=False) + b"\n"


def get(root: etree._Element, name: str) -> str | None:
    """A simple darktable property, or None."""
    for description in _descriptions(root):
        found = value(description, name)
        if found is not None:
            return found
    return None


def set(root: etree._Element, name: str, text: str) -> None:
    """Give a simple darktable property this value, where and in the form it already stands."""
    for description in _descriptions(root):
        if description.get(DARKTABLE + name) is not None:
            description.set(DARKTABLE + name, text)
            return
        element = description.find(DARKTABLE + name)
        if element is not None:
            element.text = text
            return
    _home(root).set(DARKTABLE + name, text)


def drop(root: etree._Element, name: str) -> None:
    """Remove a darktable property of any form."""
    for description in _descriptions(root):
        if DARKTABLE + name in description.attrib:
            del description.attrib[DARKTABLE + name]
        for element in description.findall(DARKTABLE + name):
            _remove(element)


def drop_repeated(root: etree._Element) -> None:
    """Remove properties that say a second time what was said: exiv2 rejects the whole packet for one.

    Some tools write them; darktable then still finds the old form of its history by other means, but not the new one.
    """
    seen: list[object] = []
    for description in _descriptions(root):
        for element in list(description):
            said = _said(element)
            if said in seen:
                _remove(element)
            seen.append(said)


def _said(element: etree._Element) -> object:
    text = (element.text or "").strip()
    return element.tag, text, sorted(element.attrib.items()), [_said(child) for child in element]


def items(root: etree._Element, name: str) -> list[etree._Element]:
    """The ``rdf:li`` of an array property, none where there is no such property."""
    found = _property(root, name)
    return [] if found is None else list(found.iter(f"{RDF}li"))


def texts(root: etree._Element, name: str) -> list[str]:
    """The items of an array of plain values."""
    return [item.text or "" for item in items(root, name)]


def replace(root: etree._Element, name: str, entries: Iterable[etree._Element]) -> None:
    """Make these the items of an array property, laid out as darktable does."""
    found = _property(root, name)
    if found is None:
        home = _home(root)
        found = etree.SubElement(home, DARKTABLE + name)
        if home.text is None:
            home.text = "\n   "
    found.tail = found.tail or "\n  "
    for child in list(found):
        found.remove(child)
    sequence = etree.SubElement(found, f"{RDF}Seq")
    sequence.extend(entries)
    etree.indent(found, space=" ", level=3)


def item(values: dict[str, str]) -> etree._Element:
    """An ``rdf:li`` holding darktable's fields as attributes."""
    return etree.Element(f"{RDF}li", {DARKTABLE + name: text for name, text in values.items()})


def value(holder: etree._Element, name: str) -> str | None:
    """A darktable field of an ``rdf:li`` or a property of a description: an attribute or an element."""
    found = holder.get(DARKTABLE + name)
    if found is not None:
        return found
    for element in (holder.find(DARKTABLE + name), holder.find(f"{RDF}Description/{DARKTABLE}{name}")):
        if element is not None and len(element) == 0:
            return element.text or ""
    nested = holder.find(f"{RDF}Description")
    return None if nested is None else nested.get(DARKTABLE + name)


def put(holder: etree._Element, name: str, text: str) -> None:
    """Give a field of an ``rdf:li`` this value, in the form it already stands."""
    for element in holder.iter(DARKTABLE + name):
        element.text = text
        return
    nested = holder.find(f"{RDF}Description")
    (holder if nested is None else nested).set(DARKTABLE + name, text)


def fields(holder: etree._Element) -> dict[str, str]:
    """All plain darktable fields of an ``rdf:li``."""
    nested = holder.find(f"{RDF}Description")
    holders = [holder] if nested is None else [holder, nested]
    found: dict[str, str] = {}
    for one in holders:
        found |= {str(k).removeprefix(DARKTABLE): str(v) for k, v in one.attrib.items() if DARKTABLE in str(k)}
        found |= {
            e.tag.removeprefix(DARKTABLE): e.text or ""
            for e in one
            if isinstance(e.tag, str) and e.tag.startswith(DARKTABLE) and len(e) == 0
        }
    return found


def _descriptions(root: etree._Element, name: str = "the packet") -> list[etree._Element]:
    rdf = root if root.tag == f"{RDF}RDF" else root.find(f"{RDF}RDF")
    if rdf is None:
        raise MalformedSidecar(f"{name} is an XMP packet without rdf:RDF: move it away")
    found = rdf.findall(f"{RDF}Description")
    if not found:
        found = [etree.SubElement(rdf, f"{RDF}Description", {f"{RDF}about": ""})]
    return found


def _home(root: etree._Element) -> etree._Element:
    """The description that holds darktable's properties already, else the last one."""
    found = _descriptions(root)
    for description in found:
        if any(DARKTABLE in str(key) for key in description.attrib) or any(
            isinstance(e.tag, str) and e.tag.startswith(DARKTABLE) for e in description
        ):
            return description
    return found[-1]


def _property(root: etree._Element, name: str) -> etree._Element | None:
    for description in _descriptions(root):
        element = description.find(DARKTABLE + name)
        if element is not None:
            return element
    return None


def _remove(element: etree._Element) -> None:
    # the tail is white space between elements: it goes with the element
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)
