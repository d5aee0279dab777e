"""The templates that hold now, compiled once."""

from collections.abc import Callable

from ripely.model.ids import RulesetId, TemplateId
from ripely.model.template import Template
from ripely.ports import Rulesets
from ripely.render.letter import Letter, Refused, compile_template

TemplatesOf = Callable[[bytes], list[Template]]


class Letters:
    def __init__(self, rulesets: Rulesets, templates_of: TemplatesOf) -> None:
        self._rulesets = rulesets
        self._templates_of = templates_of
        self._ruleset: RulesetId | None = None
        self._templates: dict[TemplateId, Template] = {}
        self._compiled: dict[Template, Letter | Refused] = {}

    def refresh(self) -> None:
        """Look whether something was published. A template that stayed as it was is not compiled again."""
        current = self._rulesets.current()
        if current is None or current == self._ruleset:
            return
        templates = self._templates_of(self._rulesets.documents(current))
        self._templates = {template.id: template for template in templates}
        self._compiled = {
            t: c for t, c in self._compiled.items() if t in self._templates.values()
        }
        self._ruleset = current

    def find(self, template: TemplateId) -> Letter | str:
        """Return a compiled template, or why there is none."""
        found = self._templates.get(template)
        if found is None:
            return f"there is no template “{template}”"
        if found not in self._compiled:
            self._compiled[found] = compile_template(found)
        compiled = self._compiled[found]
        if isinstance(compiled, Refused):
            first = compiled.problems[0]
            return f"the template “{template}” cannot be used: {first.path} {first.message}"
        return compiled
