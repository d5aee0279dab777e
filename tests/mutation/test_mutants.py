"""The mistakes that are made to try the tests: real ones, each alone, and told as they stand."""

import ast

import pytest

from mutation.__main__ import places
from mutation.mutants import mutants, mutated


def changes(source: str) -> set[str]:
    return {str(mutant) for mutant in mutants(ast.parse(source))}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a < b", {"a < b  ->  a <= b"}),
        ("a == b", {"a == b  ->  a != b"}),
        ("a and b", {"a and b  ->  a", "a and b  ->  b"}),
        ("not a", {"not a  ->  a"}),
        ("a - b", {"a - b  ->  a + b"}),
        ("3", {"3  ->  4", "3  ->  2"}),
        ("0", {"0  ->  1"}),
        ("'word'", {"'word'  ->  'word~'"}),
        ("min(a)", {"min(a)  ->  max(a)"}),
        ("ask(a, most=b)", {"ask(a, most=b)  ->  ask(a)"}),
        ("a if b else c", {"a if b else c  ->  c if b else a"}),
        ("isinstance(a, int | str)", set()),
        ("zip(a, b, strict=True)", set()),
        ("f'{a} or b'", set()),
    ],
)
def test_an_expression_is_mistaken_in_each_way_that_it_can_be(line, expected):
    assert changes(f"found = {line}") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("tell(a)", "tell(a)  ->  nothing"),
        ("a.b = c", "a.b = c  ->  nothing"),
        ("for a in b: pass", "for a in b:  ->  for a in ():"),
        ("if a: pass", "if a:  ->  if not a:"),
        ("if a: return b", "return b  ->  return True"),
        ("return [a for a in b if c]", " for a in b if c  ->   for a in b"),
    ],
)
def test_a_statement_is_mistaken(body, expected):
    assert expected in changes(f"def told() -> bool:\n    {body}")


def test_what_is_written_for_people_and_types_is_left_alone():
    source = '"""A file."""\nLIMIT = 5\nName = str | None\ndef f(a: int | None) -> "str":\n    """What."""\n    assert a\n'
    assert changes(source) == set()


def test_each_mutant_is_one_change_that_can_be_run():
    source = "def f(a, b):\n    match a:\n        case 1 if b:\n            return a + b\n    return b[0]\n"
    whole = ast.unparse(ast.parse(source))
    found = {ast.unparse(mutated(source, n, "f.py")) for n in range(len(changes(source)))}
    assert whole not in found
    assert len(found) == len(mutants(ast.parse(source))) == len(changes(source))
    for number in range(len(found)):
        compile(mutated(source, number, "f.py"), "f.py", "exec")


def test_a_mutant_says_where_it_is():
    (mutant,) = mutants(ast.parse("a = b\nc = (\n    d\n    < e\n)\n"))
    assert mutant.lines == range(3, 5)


def test_of_a_long_line_only_what_changes_is_told():
    words = " and ".join(f"word_{number}" for number in range(40))
    told = max(changes(words), key=len)
    assert len(told) < 200
    assert "word_20" in "".join(sorted(changes(words)))
    assert len(changes(words)) == 40


def test_a_sample_is_each_nth_mutant_and_keeps_their_numbers(tmp_path):
    source = tmp_path / "f.py"
    source.write_text("found = [a < b, c < d, e < f, g < h, i < j]\n")
    whole = list(places(source, 1))
    assert len(whole) == 5
    assert [str(mutant) for *_, mutant in places(source, 2)] == [
        str(mutant) for *_, mutant in (whole[0], whole[2], whole[4])
    ]
    for _, number, mutant in places(source, 2):
        (line,) = mutated(source.read_text(), number, "f.py").body
        assert str(mutant).split("  ->  ")[1] in ast.unparse(line)
