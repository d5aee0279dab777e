"""Static files, read whole: they are small, and an iterator would be read whole behind a warning."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # it comes without types
    """A file that was built anew while the product runs is served as it is now, with its own length."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._built: dict[str, tuple[str, int]] = {}
        super().__init__(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path, built_ns = self._built.get(request.path_info, ("", 0))
        if path and Path(path).stat().st_mtime_ns != built_ns:
            self.add_file_to_dictionary(request.path_info, path)
        answer: HttpResponse = super().__call__(request)
        return answer

    def add_file_to_dictionary(
        self, url: str, path: str, stat_cache: Mapping[str, os.stat_result] | None = None
    ) -> None:
        super().add_file_to_dictionary(url, path, stat_cache)
        self._built[url] = path, Path(path).stat().st_mtime_ns

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with found.file:
                content = found.file.read()
        return HttpResponse(content, status=int(found.status), headers=dict(found.headers))
