"""The demo's documents, written into a folder for whoever wants to change them."""

from click.testing import CliRunner

from ripely.cli.demo import command
from ripely.cli.folder import read_folder
from ripely.demo.documents import documents
from ripely.operations.publishing.review import review
from ripely.settings import read_settings


def test_the_documents_are_written_as_this_installation_has_them(tmp_path):
    answer = CliRunner().invoke(command, ["documents", str(tmp_path / "mine")])
    assert answer.exit_code == 0, answer.output
    written = read_folder(tmp_path / "mine")
    assert review(written)[1] == []
    assert written == documents(read_settings().base_url)
    assert b"oakmere.example/" not in b"".join(written.values())


def test_a_folder_in_which_something_is_stays_as_it_is(tmp_path):
    (tmp_path / "mine.yaml").write_text("mine")
    answer = CliRunner().invoke(command, ["documents", str(tmp_path)])
    assert answer.exit_code == 2
    assert "is not empty" in answer.output
    assert [file.name for file in tmp_path.iterdir()] == ["mine.yaml"]
