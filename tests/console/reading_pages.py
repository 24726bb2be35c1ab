"""Finds its way in the pages: forms with their hidden fields, texts by where they stand."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    """An element of a page with what is inside it."""

    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text inside, blanks folded."""
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join(" ".join(parts).split())

    def all(self, tag: str | None = None, **attributes: str) -> list["Element"]:
        """Elements inside, by tag and attributes; `class_` asks for one of several classes."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if (tag is None or child.tag == tag) and child.fits(attributes):
                    found.append(child)
                found += child.all(tag, **attributes)
        return found

    def one(self, tag: str | None = None, **attributes: str) -> "Element":
        """The only such element."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {attributes}"
        return found[0]

    def fits(self, wanted: dict[str, str]) -> bool:
        """Whether it has these attributes."""
        return all(
            value in self.attributes.get("class", "").split()
            if name == "class_"
            else self.attributes.get(name.replace("_", "-")) == value
            for name, value in wanted.items()
        )

    def fields(self) -> dict[str, str]:
        """What a form sends when nothing is changed in it."""
        sent = {}
        for entry in [*self.all("input"), *self.all("textarea"), *self.all("select")]:
            name, kind = entry.attributes.get("name"), entry.attributes.get("type", "text")
            if name is None or (kind == "checkbox" and "checked" not in entry.attributes):
                continue
            if entry.tag == "select":
                chosen = [o for o in entry.all("option") if "selected" in o.attributes]
                sent[name] = chosen[0].attributes["value"] if chosen else ""
            else:
                sent[name] = entry.text if entry.tag == "textarea" else entry.attributes.get("value", "")
        return sent


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self.open[-1].tag != tag:
            raise AssertionError(f"</{tag}> closes <{self.open[-1].tag}>")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def page(text: str) -> Element:
    """The page as a tree. AssertionError where its elements do not nest."""
    builder = _Builder()
    builder.feed(text)
    tree = builder.open[0]
    # SVG shapes close themselves in the source and have no end tag here.
    assert len(builder.open) == 1, [element.tag for element in builder.open]
    return tree
