"""Scripts and styles of the pages as they are served."""

import os


def test_a_style_built_anew_is_served_whole_while_the_product_runs(django_database, tmp_path):
    from django.http import HttpResponse
    from django.test import RequestFactory, override_settings

    from ripely.web.static_files import StaticFiles

    style = tmp_path / "app.css"
    style.write_text("a { color: red }")
    with override_settings(STATICFILES_DIRS=[tmp_path]):
        served = StaticFiles(lambda _: HttpResponse(status=404))
    asked = RequestFactory().get("/static/app.css")
    first = served(asked)
    style.write_text("a { color: red } b { color: blue }")
    os.utime(style, (2_000_000_000, 2_000_000_000))
    again = served(asked)
    assert again.content == style.read_bytes()
    assert again["Content-Length"] == str(len(again.content))
    assert again["ETag"] != first["ETag"]
