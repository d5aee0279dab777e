"""The OpenAPI document, made from what endpoints say of themselves and from the types they read and write."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus

import msgspec
from msgspec import inspect

from ripely.api.described import JSON_TYPE, Operation

Schema = dict[str, object]
VERSION = "3.1.0"
CODE = "^[0-9a-f]{16}$"
_PLACE = "#/components/schemas/{name}"
_HELD_IN = ("item_type", "item_types", "key_type", "value_type", "types", "type", "fields")
"""Where a type keeps the types that it is made of."""
_CONTACT: Schema = {
    "type": ["string", "null"],
    "pattern": CODE,
    "description": "The code of a contact; null: they asked to be forgotten.",
}
_SCHEMES: Schema = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key as it was told when it was made. Beside each operation stand the kinds of keys that may.",
    },
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "A key as the name of the user, with any password or none.",
    },
}
_RETRY: Schema = {
    "Retry-After": {
        "description": "After so many seconds the same can be asked again.",
        "schema": {"type": "integer"},
    }
}


def document(operations: Sequence[Operation], version: str) -> Schema:
    """Return the document of some operations."""
    types = _Types(operations)
    paths: dict[str, Schema] = {}
    for one in operations:
        paths.setdefault(one.address, {})[one.method.lower()] = _operation(one, types)
    found: Schema = {
        "openapi": VERSION,
        "info": {
            "title": "Ripely",
            "version": version,
            "description": "Everything that other systems can tell and ask.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in operations)],
        "paths": paths,
        "components": {"schemas": types.components, "securitySchemes": _SCHEMES},
    }
    return _called_shortly(found, types.components)


def _called_shortly(found: Schema, names: Iterable[str]) -> Schema:
    """Call a type that has a namesake by its module, too: `BacktestReport`."""
    text = msgspec.json.encode(found).decode()
    for name in sorted((one for one in names if "." in one), key=len, reverse=True):
        *_, module, own = name.split(".")
        text = text.replace(name, f"{module.capitalize()}{own}")
    return msgspec.json.decode(text, type=dict[str, object])


class _Types:
    """The schemas of all types that are told or said, and of the fields of queries."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        told = [one.answer for one in operations if one.media == (JSON_TYPE,)]
        told += [one.refused for one in operations if one.refused is not None]
        said = [one.body for one in operations if one.body is not None]
        said += [place for one in operations for place in one.places.values()]
        only_told = _structs(told) - _structs(said)
        types = [*told, *said, *only_told]
        schemas, self.components = msgspec.json.schema_components(
            types, schema_hook=_anything, ref_template=_PLACE
        )
        self._known = dict(zip(map(repr, types), schemas, strict=True))
        for struct in only_told:
            _tell_always(struct, self.components[_name(self.of(struct))])
        for schema in self.components.values():
            _tell_codes(schema)

    def of(self, type_: object) -> Schema:
        return self._known[repr(type_)]


def _operation(one: Operation, types: _Types) -> Schema:
    sentence, _, more = one.about.strip().partition("\n\n")
    found: Schema = {
        "operationId": one.id,
        "tags": [one.tag],
        "summary": " ".join(sentence.split()),
        "responses": {f"{one.status}": _answer(one, types), **_refusals(one, types)},
        "security": [*_keys(one)],
    }
    if more:
        found["description"] = " ".join(more.split())
    if parameters := [*_in_path(one, types), *_in_query(one)]:
        found["parameters"] = parameters
    if one.body is not None:
        content = {JSON_TYPE: {"schema": types.of(one.body)}}
        found["requestBody"] = {"required": one.body_needed, "content": content}
    return found


def _answer(one: Operation, types: _Types) -> Schema:
    content: Schema = {media: {} for media in one.media}
    if one.media == (JSON_TYPE,):
        content = {JSON_TYPE: {"schema": types.of(one.answer)}}
    return {"description": HTTPStatus(one.status).phrase, "content": content}


def _refusals(one: Operation, types: _Types) -> Schema:
    content: Schema = {media: {} for media in one.media}
    if one.refused is not None:
        content = {JSON_TYPE: {"schema": types.of(one.refused)}}
    return {
        f"{status}": {"description": HTTPStatus(status).phrase, "content": content}
        | ({"headers": _RETRY} if status in {429, 503} else {})
        for status in one.refusals
    }


def _keys(one: Operation) -> Iterator[Mapping[str, Sequence[str]]]:
    """Name the kinds of keys as roles, as they may be named since OpenAPI 3.1."""
    for kind in one.keys:
        yield from ({scheme: [kind]} for scheme in one.schemes)
    if one.anyhow or not one.keys:
        yield {}


def _in_path(one: Operation, types: _Types) -> Iterator[Schema]:
    for name in re.findall(r"{(\w+)}", one.path):
        schema = dict(types.of(one.places[name]))
        yield _parameter("path", name, schema, required=True)


def _in_query(one: Operation) -> Iterator[Schema]:
    if one.query is None:
        return
    _, components = msgspec.json.schema_components([one.query], schema_hook=_anything)
    found = components[one.query.__name__]
    for name, schema in found["properties"].items():
        yield _parameter("query", name, _plain(schema), required=name in found["required"])


def _parameter(where: str, name: str, schema: Schema, *, required: bool) -> Schema:
    about = schema.pop("description", None)
    found: Schema = {"name": name, "in": where, "required": required, "schema": schema}
    return found | ({"description": about} if about else {})


def _plain(schema: Schema) -> Schema:
    """Leave out that a parameter may be null: one that is not said is not there."""
    ways = schema.get("anyOf")
    if not isinstance(ways, list) or {"type": "null"} not in ways:
        return schema
    (way, *_) = [way for way in ways if way != {"type": "null"}]
    rest: Schema = {k: v for k, v in schema.items() if k not in {"anyOf", "default"}}
    return {**rest, **way}


def _tell_always(struct: type[msgspec.Struct], schema: Schema) -> None:
    """What is only told has all its fields, also those that have a usual value."""
    properties = schema.get("properties")
    if isinstance(properties, dict) and not struct.__struct_config__.omit_defaults:
        schema["required"] = list(properties)
        for one in properties.values():
            one.pop("default", None)


def _tell_codes(schema: Schema) -> None:
    properties = schema.get("properties")
    if isinstance(properties, dict) and properties.get("contact") == {"type": "integer"}:
        properties["contact"] = _CONTACT


def _structs(types: Iterable[object]) -> set[type[msgspec.Struct]]:
    found: set[type[msgspec.Struct]] = set()
    waiting: list[object] = [*inspect.multi_type_info(list(types))]
    while waiting:
        one = waiting.pop()
        if isinstance(one, inspect.StructType):
            if one.cls in found:
                continue
            found.add(one.cls)
        for place in _HELD_IN:
            inner = getattr(one, place, ())
            waiting += inner if isinstance(inner, tuple) else [inner]
    return found


def _name(schema: Schema) -> str:
    return f"{schema['$ref']}".rpartition("/")[2]


def _anything(_: type) -> Schema:
    return {"description": "Any JSON value."}
