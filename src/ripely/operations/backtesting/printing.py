"""A specification as a PDF, with the fonts of the pages in it, so that it reads the same everywhere."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, XPreformatted

from ripely.operations.backtesting.report import Section

MARGIN = 18 * mm
DOCUMENT = "The document"
_TEXT, _BOLD, _CODE = "DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono"
_LINE_MAX = 92
"""So many characters of the document fit in a line of the page."""


def print_pdf(title: str, sections: Sequence[Section], document: str) -> bytes:
    """Return the sections, and the document after them. The same content gives the same bytes."""
    _register()
    story = [Paragraph(escape(title), _style(_BOLD, 16, 22)), Spacer(1, 4 * mm)]
    for section in sections:
        story.append(Paragraph(escape(section.title), _style(_BOLD, 11, 16, before=4 * mm)))
        story += [_line(line) for line in section.lines]
    story.append(Paragraph(DOCUMENT, _style(_BOLD, 11, 16, before=4 * mm)))
    story.append(XPreformatted(escape(_folded(document)), _style(_CODE, 7.5, 10)))
    body = BytesIO()
    pages = SimpleDocTemplate(
        body, pagesize=A4, title=title, invariant=1,
        leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
    )  # fmt: skip
    pages.build(story)
    return body.getvalue()


def _line(line: str) -> Paragraph:
    return Paragraph(escape(line), _style(_TEXT, 9, 13), bulletText="•")


def _style(font: str, size: float, leading: float, before: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        font, fontName=font, fontSize=size, leading=leading, alignment=TA_LEFT, spaceBefore=before,
        spaceAfter=1 * mm, leftIndent=4 * mm if font == _TEXT else 0, bulletFontName=_TEXT,
        bulletFontSize=size, splitLongWords=1,
    )  # fmt: skip


def _folded(document: str) -> str:
    """Break lines that the page would cut."""
    return "\n".join(
        line[start : start + _LINE_MAX]
        for line in document.splitlines()
        for start in range(0, max(1, len(line)), _LINE_MAX)
    )


@cache
def _register() -> None:
    folder = files("ripely").joinpath("web", "static", "built")
    for name in (_TEXT, _BOLD, _CODE):
        with as_file(folder.joinpath(f"{name}.ttf")) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))
