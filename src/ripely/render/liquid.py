"""Liquid, kept in its sandbox: no includes, no clock, limits on everything, escaped in HTML."""

import re
from collections.abc import Callable, Iterable, Mapping, Sized
from functools import wraps
from html import unescape
from io import StringIO
from math import prod
from typing import ClassVar, TextIO, cast

from liquid import Environment, RenderContext, soft_str
from liquid.ast import BlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.filters.misc import date as format_date
from liquid.exceptions import LiquidError, LiquidInterrupt
from liquid.filter import with_context
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.stringify import to_liquid_string
from liquid.tag import Tag
from liquid.template import BoundTemplate
from liquid.token import TOKEN_TAG, Token
from typing_extensions import override

from ripely.model.problem import Problem

SOURCE_CHARACTERS_MAX = 500_000
FILTER_SIZE_MAX = 2_000_000
NUMBER_BITS_MAX = 4_096
ROOTS = ("contact", "event", "message", "unsubscribe_url")
LINK = "ripely_link"
_FOREIGN_TAGS = ("include", "render", "doc")
_MULTIPLYING = ("join", "replace")
_MARKUP_FILTERS = ("escape", "escape_once", "newline_to_br")
_FOREIGN_FILTERS = ("safe", "escapejs")
_TRACK = "ripely track"
_HOST = re.compile(r"\s*https?://[^/?#\s{%}]+[/?#]")

Track = Callable[[str], str]


class RenderError(Exception):
    """A template could not be rendered for one contact; the message says why."""


class Listed(tuple[object, ...]):
    """Several options of a contact: in a text they stand one after another, with commas."""

    __slots__ = ()

    @override
    def __str__(self) -> str:
        return ", ".join(soft_str(one) for one in self)


class LinkNode(Node):
    """An address in the mail, which may become one that we are told about when it is opened.

    `fixed` is the address where it is the same for everybody. Only where the template itself names
    the host do we lead there: what a visitor wrote must not borrow our name.
    """

    __slots__ = ("block", "fixed", "names_host")

    def __init__(self, token: Token, block: BlockNode, *, escaped: bool) -> None:
        super().__init__(token)
        self.block = block
        self.blank = False
        self.fixed: str | None = None
        if all(isinstance(node, ContentNode) for node in block.nodes):
            self.fixed = _address(str(block), escaped=escaped)
        self.names_host = self.fixed is not None or _HOST.match(str(block)) is not None

    @override
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        inner = context.get_buffer(buffer)
        self.block.render(context, inner)
        target = _address(inner.getvalue(), escaped=context.autoescape)
        if self.names_host:
            target = cast("Track", context.tag_namespace[_TRACK])(target)
        return buffer.write(to_liquid_string(target, context.autoescape))

    @override
    def children(
        self, static_context: RenderContext, *, include_partials: bool = True
    ) -> Iterable[Node]:
        del static_context, include_partials
        yield self.block


def _address(written: str, *, escaped: bool) -> str:
    return unescape(written.strip()) if escaped else written.strip()


class _LinkTag(Tag):
    name = LINK
    end = f"end{LINK}"

    @override
    def parse(self, stream: TokenStream) -> Node:
        token = stream.eat(TOKEN_TAG)
        block = get_parser(self.env).parse_block(stream, frozenset((self.end,)))
        stream.expect(TOKEN_TAG, value=self.end)
        return LinkNode(token, block, escaped=self.env.autoescape)


@with_context
def _date(moment: object, form: str = "", *, context: RenderContext) -> str:
    """Format a moment; `now` is when the message was decided, so that a mail can be made again."""
    if moment in {"now", "today"}:
        moment = context.resolve("message", token=None, default={}).get("decided_s", 0)
    return str(format_date(moment, form, environment=context.env))


def _bounded(name: str, apply: Callable[..., object]) -> Callable[..., object]:
    """Refuse to work on more than a mail can hold: the limits of the environment count output alone."""

    @wraps(apply)
    def bounded(value: object, *given: object, **named: object) -> object:
        sizes = [_size(value), *map(_size, given)]
        if (prod(sizes) if name in _MULTIPLYING else max(sizes)) > FILTER_SIZE_MAX:
            raise LiquidError(f"{name}: there is too much to work on", token=None)
        return apply(value, *given, **named)

    return bounded


def _size(value: object) -> int:
    if isinstance(value, int):
        return 1 if value.bit_length() < NUMBER_BITS_MAX else FILTER_SIZE_MAX + 1
    return max(1, len(value)) if isinstance(value, Sized) else 1


class _Sandbox(Environment):
    loop_iteration_limit: ClassVar[int | None] = 10_000
    local_namespace_limit: ClassVar[int | None] = 1_000_000
    output_stream_limit: ClassVar[int | None] = 2_000_000

    @override
    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for tag in _FOREIGN_TAGS:
            del self.tags[tag]
        for name in _FOREIGN_FILTERS:
            del self.filters[name]
        self.add_tag(_LinkTag)
        self.add_filter("date", _date)
        if not self.autoescape:
            # The text part says in lines what the HTML says in markup.
            for name in _MARKUP_FILTERS:
                self.add_filter(name, soft_str)
        for name, apply in self.filters.items():
            self.filters[name] = _bounded(name, apply)


HTML = _Sandbox(autoescape=True)
TEXT = _Sandbox(autoescape=False)


def problems(source: str, path: str) -> list[Problem]:
    """Everything wrong with a template that can be seen without a contact."""
    if len(source) > SOURCE_CHARACTERS_MAX:
        return [
            Problem(
                "template_too_long", path, f"is longer than {SOURCE_CHARACTERS_MAX} characters."
            )
        ]
    try:
        template = HTML.from_string(source)
        found = [
            *_unknown_filters(template, source, path),
            *_unknown_variables(template, source, path),
        ]
        _render_once(template)
    except LiquidError as error:
        return [_problem("template_syntax", path, _line_of(error), str(error.message))]
    except LiquidInterrupt as stray:
        return [Problem("template_syntax", path, f"uses {{% {stray} %}} outside a loop.")]
    return found


def _render_once(template: BoundTemplate) -> None:
    """A stray `break` shows only when it is run; what is wrong with values is not asked here."""
    context = context_of(template, {root: {} for root in ROOTS}, str)
    try:
        template.render_with_context(context, StringIO())
    except LiquidError as error:
        if "unexpected '" in str(error.message):
            raise
    except (ArithmeticError, TypeError, ValueError):
        return  # Filters trip over values in their own ways.


def _unknown_filters(template: BoundTemplate, source: str, path: str) -> Iterable[Problem]:
    for name, spans in template.analyze().filters.items():
        if name not in HTML.filters:
            line = source.count("\n", 0, spans[0].index) + 1
            yield _problem("unknown_filter", path, line, f"there is no filter “{name}”")


def _unknown_variables(template: BoundTemplate, source: str, path: str) -> Iterable[Problem]:
    for name, uses in template.analyze().globals.items():
        if name not in ROOTS:
            line = source.count("\n", 0, uses[0].span.index) + 1
            known = ", ".join(ROOTS)
            yield _problem(
                "unknown_variable",
                path,
                line,
                f"“{name}” is not known; a template may use {known}",
            )


def _line_of(error: LiquidError) -> int:
    token = error.token
    return 1 if token is None else token.source.count("\n", 0, max(token.start_index, 0)) + 1


def _problem(code: str, path: str, line: int, message: str) -> Problem:
    return Problem(code, path, f"line {line}: {message.rstrip('.')}.")


def context_of(
    template: BoundTemplate, data: Mapping[str, object], track: Track
) -> RenderContext:
    context = RenderContext(template, globals=data)
    context.tag_namespace[_TRACK] = track
    return context
