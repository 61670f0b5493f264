"""Writing XML: everything escaped, and nothing in it that XML 1.0 cannot hold."""

import re
from xml.etree import ElementTree as Xml

# https://www.w3.org/TR/xml/#charsets
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def child(parent: Xml.Element, tag: str, text: str | None = None, **attributes: str | None) -> Xml.Element:
    """A new element inside `parent`; attributes that are None are left out."""
    known = {name: clean(value) for name, value in attributes.items() if value is not None}
    element = Xml.SubElement(parent, tag, known)
    element.text = None if text is None else clean(text)
    return element


def clean(text: str) -> str:
    """`text` without the characters that no XML document can hold."""
    return _NO_CHARACTER.sub("", text)


def document(root: Xml.Element) -> bytes:
    """The document in UTF-8."""
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
