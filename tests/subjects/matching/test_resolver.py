from subjects.matching.resolver import VERSION
from subjects.matching.weights import WEIGHTS
from subjects.models import IdentityLink


def test_what_a_link_says_of_the_resolver_names_the_weights_and_fits_its_column() -> None:
    assert WEIGHTS.version in VERSION.split()
    assert len(VERSION) <= IdentityLink._meta.get_field("resolver_version").max_length
