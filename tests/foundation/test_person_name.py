"""One spelling of a person's name for every page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from foundation.person_name import person_name


@pytest.mark.parametrize(
    ("family", "given", "script", "printed"),
    [
        ("DOE EXAMPLE", "ANA MARIA", "", "DOE EXAMPLE, Ana Maria"),
        ("Doe Example", "Ana", "", "DOE EXAMPLE, Ana"),
        ("O'SAMPLE", "MARY-JANE", "ДОУ", "O'SAMPLE, Mary-Jane"),
        ("SAMPLE", "van Ann", "", "SAMPLE, van Ann"),
        ("Example College of Fiction", "", "", "Example College of Fiction"),
        ("", "BUDI", "", "BUDI"),
        ("", "", "示例", "示例"),
        ("", "", "", "Name not known"),
    ],
)
def test_a_name_reads_the_same_wherever_it_stands(family: str, given: str, script: str, printed: str) -> None:
    assert person_name(SimpleNamespace(family_name=family, given_name=given, full_name_source_script=script)) == printed


def test_whoever_has_no_script_of_their_own_is_named_all_the_same() -> None:
    assert person_name(SimpleNamespace(family_name="", given_name="")) == "Name not known"
