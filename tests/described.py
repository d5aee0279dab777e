"""The OpenAPI document of the product, held against what is really answered."""

import copy
import re

import msgspec
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for


class Described:
    """Knows each operation, and whether an answer is one that the document tells of."""

    def __init__(self, document) -> None:
        self.document = document
        self.operations = {
            (method.upper(), path): operation
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        }
        self._exact = copy.deepcopy(document["components"])
        for schema in self._exact["schemas"].values():
            if (
                "properties" in schema
            ):  # What the document does not name must not be there either.
                schema["additionalProperties"] = False

    def path_of(self, address):
        """Return the path of an operation that an address is one of."""
        plain = address.partition("?")[0]
        for path in sorted(self.document["paths"], key=lambda one: one.count("{")):
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), plain):
                return path
        raise AssertionError(f"{plain} is not in the document")

    def check(self, method, address, status, media, body):
        path = self.path_of(address)
        responses = self.operations[method, path]["responses"]
        assert f"{status}" in responses, (
            f"{method} {path} does not tell of {status}: {body[:300]}"
        )
        content = responses[f"{status}"]["content"]
        assert media in content, f"{method} {path}: {media}"
        if "schema" in content[media]:
            self.is_a(
                content[media]["schema"], msgspec.json.decode(body), f"{method} {address}"
            )
        return path

    def is_a(self, schema, told, where="") -> None:
        whole = {**schema, "components": self._exact}
        checker = validator_for(whole, Draft202012Validator).FORMAT_CHECKER
        validator = Draft202012Validator(whole, format_checker=checker)
        wrong = [f"{where}: {one.json_path}: {one.message[:300]}" for one in validator.iter_errors(told)]  # fmt: skip
        assert not wrong, "\n".join(wrong)
