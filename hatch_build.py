"""Builds the wheel with the fold as machine code: where a C compiler is there, and without a trace in `src/`.

Engine and compiler are typed so strictly that mypyc makes C of them as they are. Modules that define
Structs stay Python, for msgspec makes those classes itself.
"""

import os
import shutil
import tempfile
from contextlib import chdir
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from typing_extensions import override

PACKAGES = ("engine", "compiler")
MYPY = ("--config-file=", "--ignore-missing-imports", "--follow-imports=silent")


class MachineCode(BuildHookInterface[BuilderConfig]):
    """Off unless asked for: `HATCH_BUILD_HOOK_ENABLE_CUSTOM=true`; an editable installation is always Python."""

    @override
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        self._scratch = tempfile.mkdtemp(prefix="ripely-wheel-")
        place = Path(self._scratch) / "ripely"
        shutil.copytree(Path(self.root) / "src/ripely", place, ignore=_all_but_python)
        for made in _compile(place.parent):
            build_data["force_include"][str(made)] = str(made.relative_to(place.parent))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    @override
    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            shutil.rmtree(self._scratch)


def _all_but_python(folder: str, names: list[str]) -> list[str]:
    return [n for n in names if not n.endswith(".py") and not Path(folder, n).is_dir()]


def _compile(folder: Path) -> list[Path]:
    """Compile beside the sources in a folder, with all processors; return what came of it."""
    from mypyc.build import mypycify
    from setuptools import setup  # type: ignore[import-untyped]

    with chdir(folder):
        found = mypycify(
            [*MYPY, *_modules()], opt_level="2", group_name="fold", multi_file=True
        )
        command = ["build_ext", "--inplace", f"--parallel={os.cpu_count() or 1}"]
        setup(name="ripely", packages=[], ext_modules=found, script_args=["--quiet", *command])
    return sorted(folder.glob("*.so")) + sorted(folder.glob("ripely/*/*.so"))


def _modules() -> list[str]:
    every = (path for package in PACKAGES for path in Path("ripely", package).glob("*.py"))
    return sorted(
        str(path)
        for path in every
        if path.name != "__init__.py" and "msgspec.Struct" not in path.read_text()
    )
