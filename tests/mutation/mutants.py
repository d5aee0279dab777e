"""Small mistakes, made one at a time in a source file: each is a mutant that some test should notice."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
CALLED = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "floor": "ceil",
    "ceil": "floor",
}
RETURNED = {
    "bool": ("True", "False"), "int": ("0",), "float": ("0.0",), "str": ("''",), "list": ("[]",),
    "dict": ("{}",), "set": ("set()",), "frozenset": ("frozenset()",), "Sequence": ("()",),
}  # fmt: skip
# What only types, people who program, or the interpreter read.
SKIPPED_FIELDS = {"annotation", "returns", "decorator_list", "bases", "type_params"}
SKIPPED_NODES = (ast.Assert, ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)
AROUND = 40
LOGIC = (ast.Compare, ast.BoolOp)


@dataclass(frozen=True)
class Mutant:
    """One change: what stands in `holder` at `field` (and, in a list, at `index`) becomes another node."""

    holder: ast.AST
    field: str
    index: int | None
    now: ast.AST | None
    function: ast.AST | None
    lines: range

    @property
    def then(self) -> ast.AST:
        held = getattr(self.holder, self.field)
        return held if self.index is None else held[self.index]

    def put(self, node: ast.AST | None) -> None:
        if self.index is None:
            setattr(self.holder, self.field, node)
        else:
            getattr(self.holder, self.field)[self.index] = node

    def __str__(self) -> str:
        then, now = _brief(told(self.then), told(self.now))
        return f"{then}  ->  {now}"


def mutants(tree: ast.Module) -> list[Mutant]:
    return list(_inside(tree, None))


def mutated(source: str, number: int, filename: str) -> ast.Module:
    """Return the source with the mutant of this number in it."""
    tree = ast.parse(source, filename)
    mutant = mutants(tree)[number]
    mutant.put(mutant.now)
    return ast.fix_missing_locations(tree)


def told(node: ast.AST | None) -> str:
    if node is None or isinstance(node, ast.Pass):
        return "nothing"
    if isinstance(node, ast.match_case):
        guard = f" if {ast.unparse(node.guard)}" if node.guard else ""
        return f"case {ast.unparse(node.pattern)}{guard}"
    if isinstance(node, ast.keyword):
        return f"{node.arg}={ast.unparse(node.value)}"
    return ast.unparse(node).split("\n")[0]


def _brief(then: str, now: str) -> tuple[str, str]:
    """Leave out what is the same at both ends of long texts, but for some letters around the change."""
    before, after = _same(then, now), _same(then[::-1], now[::-1])
    after = min(after, len(then) - before, len(now) - before)
    head, tail = (max(0, same - AROUND) for same in (before, after))
    return tuple(
        f"{'…' if head else ''}{text[head : len(text) - tail]}{'…' if tail else ''}"
        for text in (then, now)
    )


def _same(one: str, other: str) -> int:
    """Return with how many letters in common two texts begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _inside(holder: ast.AST, function: ast.AST | None) -> Iterator[Mutant]:
    """Return the mutants of all that a node holds."""
    for field, held in ast.iter_fields(holder):
        if field in SKIPPED_FIELDS:
            continue
        nodes = list(enumerate(held)) if isinstance(held, list) else [(None, held)]
        for index, node in nodes:
            if isinstance(node, ast.AST) and not _is_skipped(node, holder, function):
                for now in _changes(node, holder, function):
                    if isinstance(node, ast.expr | ast.stmt):
                        ast.copy_location(now, node)
                    yield Mutant(holder, field, index, now, function, _lines(node))
                yield from _inside(node, _function(node, function))


def _function(node: ast.AST, around: ast.AST | None) -> ast.AST | None:
    return node if isinstance(node, ast.FunctionDef) else around


def _lines(node: ast.AST) -> range:
    """Return the lines of a node, or of the first thing in it when it has no place of its own, as a case."""
    placed = next(inner for inner in ast.walk(node) if hasattr(inner, "lineno"))
    return range(placed.lineno, placed.end_lineno + 1)


def _is_skipped(node: ast.AST, holder: ast.AST, function: ast.AST | None) -> bool:
    match node:
        case ast.Expr(ast.Constant()):  # A docstring.
            return True
        case ast.Assign([ast.Name(name)], value) if function is None:
            if name.isupper():  # Another limit is no mistake.
                return isinstance(value, ast.Constant | ast.BinOp)
            return name.lstrip("_")[:1].isupper()  # A type.
        case ast.Call(ast.Name("assert_never" | "TypeVar" | "NewType" | "cast")):
            return True
        case ast.BinOp(_, ast.BitOr()):  # Types, in isinstance.
            return isinstance(holder, ast.Call) and _is_call_of(holder, "isinstance")
        case ast.keyword(arg="strict"):  # An assertion of zip.
            return True
        case ast.If(ast.Name("TYPE_CHECKING")):
            return True
        case ast.Constant():
            return isinstance(holder, ast.JoinedStr | ast.FormattedValue)
        case _:
            return isinstance(node, SKIPPED_NODES)


def _changes(
    node: ast.AST, holder: ast.AST, function: ast.AST | None
) -> Iterator[ast.AST | None]:
    """Return what may stand in place of a node."""
    match node:
        case ast.expr():
            yield from _of_expression(node, holder)
        case ast.stmt():
            yield from _of_statement(node, function)
        case ast.match_case(pattern, guard, body):
            if not _is_unreachable(body):
                yield ast.match_case(pattern, ast.Constant(value=False), body)
            if guard is not None:
                yield ast.match_case(pattern, None, body)
        case ast.comprehension(target, over, conditions, is_async):
            for at in range(len(conditions)):
                yield ast.comprehension(target, over, _without(conditions, at), is_async)
        case _:
            pass


def _of_expression(node: ast.expr, holder: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left, [operator], [right]):
            yield ast.Compare(left, [COMPARED[type(operator)]()], [right])
        case ast.Compare(left, operators, values):
            for at, operator in enumerate(operators):
                changed = [*operators[:at], COMPARED[type(operator)](), *operators[at + 1 :]]
                yield ast.Compare(left, changed, values)
        case ast.BoolOp(operator, values):
            for at in range(len(values)):
                rest = _without(values, at)
                yield rest[0] if len(rest) == 1 else ast.BoolOp(operator, rest)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.BinOp(left, operator, right) if not _is_text(left) and not _is_text(right):
            yield ast.BinOp(left, COMPUTED[type(operator)](), right)
        case ast.IfExp(test, body, orelse):
            yield from _swapped(test, body, orelse)
        case ast.Constant(value):
            yield from (ast.Constant(value=other) for other in _others(value, holder))
        case ast.Call():
            yield from _of_call(node)
        case _:
            pass


def _swapped(test: ast.expr, body: ast.expr, orelse: ast.expr) -> Iterator[ast.expr]:
    if not isinstance(
        test, ast.Compare | ast.UnaryOp
    ):  # Those have the same mutant of their own.
        yield ast.IfExp(test, orelse, body)
    if isinstance(test, LOGIC):
        yield body
        yield orelse


def _of_call(node: ast.Call) -> Iterator[ast.expr]:
    match node.func:
        case ast.Name(name) if name in CALLED:
            other = ast.Name(CALLED[name], ast.Load())
            yield ast.Call(ast.copy_location(other, node.func), node.args, node.keywords)
        case _:
            pass
    for at, keyword in enumerate(node.keywords):
        if keyword.arg not in {None, "strict"}:
            yield ast.Call(node.func, node.args, _without(node.keywords, at))


def _of_statement(node: ast.stmt, function: ast.AST | None) -> Iterator[ast.stmt]:
    match node:
        case ast.If(test, body, orelse):
            if not isinstance(test, ast.Compare | ast.UnaryOp):
                yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.While(_, body, orelse):
            yield ast.While(ast.Constant(value=False), body, orelse)
        case ast.For(target, _, body, orelse):
            yield ast.For(target, ast.Tuple([], ast.Load()), body, orelse)
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.Return(value) if isinstance(function, ast.FunctionDef) and value is not None:
            yield from _returns(value, function.returns)
        case ast.Return() | ast.Raise() | ast.Delete() | ast.AugAssign():
            yield ast.Pass()
        case ast.Expr() if function is not None and not _is_call_of(node.value, "assert_never"):
            yield ast.Pass()
        case ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case _:
            pass


def _returns(value: ast.expr, annotation: ast.expr | None) -> Iterator[ast.stmt]:
    if annotation is None or isinstance(value, ast.Constant):
        return
    said = ast.unparse(annotation)
    others = ("None",) if said.endswith("| None") else RETURNED.get(said.split("[")[0], ())
    for other in others:
        if other != ast.unparse(value):
            yield ast.Return(ast.parse(other, mode="eval").body)


def _others(value: object, holder: ast.AST) -> Sequence[object]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value - 1] if value else [1]
        case float():
            return [value + 1]
        case str() if not isinstance(holder, ast.Raise):
            return [f"{value}~"]
        case _:
            return []


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _is_call_of(node: ast.expr, name: str) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    )


def _is_unreachable(body: list[ast.stmt]) -> bool:
    match body:
        case [ast.Expr(ast.Call(ast.Name("assert_never")))] | [ast.Pass()]:
            return True
        case _:
            return False


def _without(items: list, at: int) -> list:
    return [*items[:at], *items[at + 1 :]]
