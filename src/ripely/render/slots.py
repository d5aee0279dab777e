"""A template cut into what is the same for everybody, encoded once, and what is not."""

from collections.abc import Mapping

from liquid import RenderContext
from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.output import OutputNode
from liquid.exceptions import LiquidError, LiquidInterrupt
from liquid.stringify import to_liquid_string
from liquid.template import BoundTemplate

from ripely.render.liquid import RenderError, Track, context_of
from ripely.render.mime import quoted_piece, quoted_printable

Part = bytes | Node


class Slots:
    """A body as pieces of quoted-printable: bytes as they are, and Liquid to fill in."""

    def __init__(self, template: BoundTemplate, ending: str) -> None:
        self._template = template
        self._parts: list[Part] = [_part(node) for node in template.nodes]
        self._ending = quoted_printable(ending)

    def fill(self, data: Mapping[str, object], track: Track) -> bytes:
        context = context_of(self._template, data, track)
        pieces = [
            part if isinstance(part, bytes) else quoted_piece(_text(part, context))
            for part in self._parts
        ]
        return b"".join(pieces) + self._ending


def fill_text(template: BoundTemplate, data: Mapping[str, object]) -> str:
    """Render something short as it is, for a header."""
    context = context_of(template, data, str)
    return "".join(_text(node, context) for node in template.nodes)


def _part(node: Node) -> Part:
    return quoted_piece(node.text) if isinstance(node, ContentNode) else node


def _text(node: Node, context: RenderContext) -> str:
    try:
        if isinstance(
            node, OutputNode
        ):  # Most of them, and the buffer costs more than the value.
            return to_liquid_string(node.expression.evaluate(context), context.autoescape)
        buffer = context.get_buffer()
        node.render(context, buffer)
        return buffer.getvalue()
    except LiquidError as error:
        raise RenderError(str(error.message)) from error
    except LiquidInterrupt as error:
        raise RenderError(f"{error} outside a loop") from error
