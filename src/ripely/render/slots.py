"""A template cut into what is the same for everybody, encoded once, and what is not."""

from collections.abc import Mapping

from liquid import RenderContext
from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.output import OutputNode
from liquid.exceptions import LiquidError, LiquidInterrupt
from liquid.stringify import to_liquid_string
from liquid.template import BoundTemplate

from ripely.render.liquid import LinkNode, RenderError, Track, context_of
from ripely.render.mime import quoted_piece, quoted_printable

Part = bytes | str | Node
"""Encoded already, an address that is the same for everybody but for its token, or Liquid."""


class Slots:
    """A body as pieces of quoted-printable: what is the same for everybody, and what is filled in."""

    def __init__(self, template: BoundTemplate, ending: str) -> None:
        self._template = template
        self._parts: list[Part] = [_part(node) for node in template.nodes]
        self._ending = quoted_printable(ending)

    def fill(self, data: Mapping[str, object], track: Track) -> bytes:
        context = context_of(self._template, data, track)
        pieces = []
        for part in self._parts:
            if isinstance(part, bytes):
                pieces.append(part)
            elif isinstance(part, str):
                pieces.append(quoted_piece(_plain(track(part), context)))
            else:
                pieces.append(quoted_piece(_text(part, context)))
        return b"".join(pieces) + self._ending


def fill_text(template: BoundTemplate, data: Mapping[str, object]) -> str:
    """Render something short as it is, for a header."""
    context = context_of(template, data, str)
    return "".join(_text(node, context) for node in template.nodes)


def _part(node: Node) -> Part:
    if isinstance(node, ContentNode):
        return quoted_piece(node.text)
    if isinstance(node, LinkNode) and node.fixed is not None:
        return node.fixed
    return node


def _text(node: Node, context: RenderContext) -> str:
    try:
        if isinstance(node, OutputNode):  # The buffer would cost more than the value.
            return _plain(node.expression.evaluate(context), context)
        buffer = context.get_buffer()
        node.render(context, buffer)
        return buffer.getvalue()
    except LiquidError as error:
        raise RenderError(str(error.message)) from error
    except LiquidInterrupt as error:
        raise RenderError(f"{error} outside a loop") from error
    except (
        Exception
    ) as error:  # What a visitor wrote may be anything, and filters trip over it.
        raise RenderError(f"{type(error).__name__}: {error}") from error


def _plain(value: object, context: RenderContext) -> str:
    """Write a value. A plain string, for one that knows that it is markup is slow at everything."""
    return str(to_liquid_string(value, context.autoescape))
