"""Any document of the language, made from the types themselves: every word, in every place where it may stand."""

from collections.abc import Mapping, Set

from hypothesis import strategies as st
from msgspec import inspect as types

from ripely.model import words
from ripely.model.definition import Definition
from ripely.model.duration import Duration

TEXTS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20
)
PATTERNED = {
    words.pattern_of(words.ClockTime): st.sampled_from(["00:00", "09:30", "20:00", "23:59"]),
    words.pattern_of(words.Day): st.sampled_from(["2030-01-31", "1999-12-01"]),
    words.pattern_of(words.MonthDay): st.sampled_from(["09-01", "02-29"]),
    words.pattern_of(words.Holiday): st.sampled_from(["12-25", "2030-01-01"]),
}
SPANS = st.integers(0, 10**8).map(Duration)
DEPTH_MAX = 3


class Language:
    """What to fill documents with.

    `pools` are values for fields of a name, or of `Struct.name`; `said` are those that are always
    there, of the others at most `optional_max`.
    """

    def __init__(
        self,
        texts: st.SearchStrategy = TEXTS,
        numbers: st.SearchStrategy | None = None,
        durations: st.SearchStrategy = SPANS,
        pools: Mapping[str, st.SearchStrategy] = {},
        said: Set[str] = frozenset(),
        optional_max: int = 3,
    ) -> None:
        self.texts = texts
        self.numbers = numbers
        self.durations = durations
        self.pools = dict(pools)
        self.always_said = said
        self.optional_max = optional_max

    def definitions(self) -> st.SearchStrategy[Definition]:
        return self.made(types.type_info(Definition))

    def struct_of(self, cls: type) -> st.SearchStrategy:
        return self.struct(types.type_info(cls), 0)

    def made(self, wanted: types.Type, depth: int = 0) -> st.SearchStrategy:
        match wanted:
            case types.StructType():
                found = self.struct(wanted, depth)
            case types.UnionType():
                near = [t for t in wanted.types if depth < DEPTH_MAX or not holds_more(t)]
                found = st.one_of([self.made(t, depth) for t in near or wanted.types])
            case types.VarTupleType(item_type=inner):
                found = st.lists(self.made(inner, depth), max_size=2).map(tuple)
            case types.TupleType(item_types=inners):
                found = st.tuples(*(self.made(inner, depth) for inner in inners))
            case types.DictType(key_type=key, value_type=value):
                found = st.dictionaries(self.made(key), self.made(value, depth), max_size=2)
            case types.LiteralType(values=choices):
                found = st.sampled_from(choices)
            case _:
                found = self.scalar(wanted)
        return found

    def scalar(self, wanted: types.Type) -> st.SearchStrategy:
        match wanted:
            case types.StrType(pattern=pattern):
                found = PATTERNED[pattern] if pattern else self.texts
            case types.IntType(ge=least, le=most):
                low = -(10**15) if least is None else least
                found = st.integers(low, 10**15 if most is None else most)
                found = found if self.numbers is None or least is not None else self.numbers
            case types.FloatType(ge=least, le=most):
                low = -1e6 if least is None else least
                found = st.floats(low, 1e6 if most is None else most, allow_nan=False)
                found = found if self.numbers is None or least is not None else self.numbers
            case types.BoolType():
                found = st.booleans()
            case types.NoneType():
                found = st.none()
            case types.CustomType():
                found = self.durations
            case _:
                raise AssertionError(wanted)
        return found

    def struct(self, wanted: types.StructType, depth: int) -> st.SearchStrategy:
        """Instances with all that must be said, and now and then some of what may be."""
        fields = {f.name: self.field(wanted, f, depth) for f in wanted.fields}
        said_always = {f.name for f in wanted.fields if f.required or self.is_said(wanted, f)}
        required = {name: fields[name] for name in said_always}
        rest = [f.name for f in wanted.fields if f.name not in said_always]

        def said(names: frozenset[str]) -> st.SearchStrategy:
            return st.builds(wanted.cls, **required, **{name: fields[name] for name in names})

        if not rest:
            return said(frozenset())
        chosen = st.frozensets(st.sampled_from(rest), max_size=self.optional_max)
        return chosen.flatmap(said)

    def is_said(self, wanted: types.StructType, field: types.Field) -> bool:
        return not {field.name, f"{wanted.cls.__name__}.{field.name}"}.isdisjoint(
            self.always_said
        )

    def field(
        self, wanted: types.StructType, field: types.Field, depth: int
    ) -> st.SearchStrategy:
        name = wanted.cls.__name__
        for key in (f"{name}.{field.name}", field.name):
            if key in self.pools:
                return self.pools[key]
        return st.deferred(lambda: self.made(field.type, depth + 1))


def holds_more(wanted: types.Type) -> bool:
    """Whether a type asks for further conditions, and so could go on without end."""
    return isinstance(wanted, types.StructType) and any(
        f.encode_name in {"condition", "conditions", "audience"} and f.required
        for f in wanted.fields
    )
