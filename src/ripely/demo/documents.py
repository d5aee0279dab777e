"""The documents of the demo company, as its installation publishes them."""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from ripely.demo.company import SHOP_IN_DOCUMENTS


def documents(base_url: str) -> dict[str, bytes]:
    """Return the demo's documents by name, with the address of this installation's shop in them."""
    found = dict(_files(files(__package__).joinpath("definitions"), ""))
    return {
        name: text.replace(SHOP_IN_DOCUMENTS, base_url.encode()) for name, text in found.items()
    }


def _files(folder: Traversable, prefix: str) -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        found |= _files(entry, f"{name}/") if entry.is_dir() else {name: entry.read_bytes()}
    return found
