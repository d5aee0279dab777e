"""Definitions as canonical JSON, which is hashed and stored, and as YAML, which people read."""

import msgspec
import yaml

from ripely.model.definition import Definition
from ripely.model.duration import Duration


def to_json(definition: Definition) -> bytes:
    """Return the one JSON text of a definition: keys sorted, defaults left out."""
    return _encoder.encode(definition)


def from_json(body: bytes) -> Definition:
    """Read back what `to_json` made."""
    return _decoder.decode(body)


def to_yaml(definition: Definition) -> str:
    """Return the definition as a person would write it: in the order of the language, texts as blocks."""
    plain = msgspec.to_builtins(definition, enc_hook=_in_days)
    first = {name: plain.pop(name) for name in _FIRST if name in plain}
    return _written({**first, **plain})


def part_to_yaml(field: str, part: msgspec.Struct) -> str:
    """Return one field of a definition as its document has it, ready to be pasted."""
    return _written({field: msgspec.to_builtins(part, enc_hook=_in_days)})


def write_duration(value: object) -> str:
    assert isinstance(value, Duration)
    return str(value)


def _in_days(value: object) -> str:
    """Write 60 days as `60d`: nobody says 8 weeks and 4 days."""
    assert isinstance(value, Duration)
    days, rest = divmod(value, _DAY_S)
    if days % 7 == 0:
        return str(value)
    return f"{days}d {Duration(rest)}" if rest else f"{days}d"


def read_duration(wanted: type, value: object) -> Duration:
    assert wanted is Duration
    return Duration.parse(str(value))


def _written(plain: object) -> str:
    return yaml.dump(
        plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=96, indent=2
    )


_DAY_S = 86_400
_FIRST = ("kind", "id", "name", "description")
_encoder = msgspec.json.Encoder(enc_hook=write_duration, order="deterministic")
_decoder: msgspec.json.Decoder[Definition] = msgspec.json.Decoder(
    Definition, dec_hook=read_duration
)


class _Dumper(yaml.SafeDumper):
    """Writes `on` without quotes: here it is a word, as in YAML 1.2."""

    yaml_implicit_resolvers = {
        first: resolvers
        for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
        if first not in {"o", "O"}
    }


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    # The emitter would write these line ends plain, and a reader fold them to blanks.
    odd = any(end in text for end in "\r\x85\u2028\u2029")
    style = '"' if odd else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
