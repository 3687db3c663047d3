import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixkin import registry
from pixkin.errors import MissingDependencyError, SettingError, UnknownNameError


class NeedsMuch:
    needs = ("json", "surely_not_installed")


def test_the_components_of_the_issue_are_there() -> None:
    assert {"efficientnet-lite0", "pixels", "color"} <= set(registry.names("encoder"))
    assert {"graph", "kmeans", "hdbscan", "agglomerative"} <= set(registry.names("clusterer"))
    assert {"tsne", "pca"} <= set(registry.names("layout"))


@pytest.mark.parametrize("kind", registry.KINDS)
def test_names_are_in_order_and_each_loads(kind: str) -> None:
    names = registry.names(kind)

    assert names == sorted(set(names))
    for name in names:
        assert isinstance(registry.load(kind, name), type)


@pytest.mark.parametrize("kind", registry.KINDS)
def test_each_component_says_in_a_line_what_it_is(kind: str) -> None:
    for name in registry.names(kind):
        about = registry.describe(kind, name)

        assert 10 < len(about) < 100
        assert not about.endswith(".")


def test_listing_names_imports_nothing(run_script) -> None:
    code = (
        "import sys\n"
        "from pixkin import registry\n"
        "for kind in registry.KINDS: registry.names(kind)\n"
        "print([name for name in sys.modules if name.startswith('pixkin.enc') or name == 'numpy'])"
    )

    assert run_script(code).stdout == "[]\n"


def test_a_misspelt_component_gets_a_hint() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'pixels'") as caught:
        registry.load("encoder", "pixel")

    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["__init__", "../settings", "models", "os", ""])
def test_a_name_reaches_no_other_module(name: str) -> None:
    with pytest.raises(UnknownNameError):
        registry.load("encoder", name)


def test_arguments_in_a_name_reach_the_constructor() -> None:
    for spec in ("pixels:size=8,gray=true", "pixels:8,gray=true", "pixels:gray=true,size=8"):
        encoder = registry.build("encoder", spec)

        assert (encoder.size, encoder.gray, encoder.n_features) == (8, True, 64)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("pixels:colour=red", "must be one of gray, size; got 'colour'"),
        ("pixels:8,gray", "must be written name=value; got 'gray'"),
        ("pixels:huge", "size must be a whole number from 1 to 512; got 'huge'"),
        ("pixels:8,size=9", "must be one of gray, size; got 8"),
        ("pixels:size=huge", "size must be a whole number from 1 to 512; got 'huge'"),
        ("color:size=3", "must be left out; got 'size'"),
        ("color:3", "must be left out; got 3"),
    ],
)
def test_an_argument_that_does_not_fit_is_refused(spec: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        registry.build("encoder", spec)


def test_an_argument_of_the_run_cannot_be_given_in_the_name() -> None:
    with pytest.raises(SettingError):
        registry.build("layout", "pca:random_state=3", random_state=0)


def test_the_first_package_that_is_missing_is_named() -> None:
    assert registry.missing(NeedsMuch) == "surely_not_installed"
    assert registry.missing(type("NeedsLittle", (), {"needs": ("json",)})) is None


def test_a_component_of_another_package_is_found_by_its_entry_point(odd_encoder: str) -> None:
    assert "odd" in registry.names("encoder")
    assert registry.build("encoder", odd_encoder).n_features == 3


def test_a_component_whose_package_is_missing_says_how_to_install_it(
    odd_encoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    component = registry.load("encoder", odd_encoder)
    monkeypatch.setattr(component, "needs", ("surely_not_installed",), raising=False)

    with pytest.raises(
        MissingDependencyError, match="pip install 'surely_not_installed'"
    ) as caught:
        registry.build("encoder", odd_encoder)
    assert caught.value.exit_code == 3


NAMES = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)


@given(NAMES, st.dictionaries(NAMES, st.integers() | st.booleans() | NAMES, max_size=4))
def test_a_name_with_arguments_is_read_as_it_was_written(name: str, arguments: dict) -> None:
    words = {"true": "yes", "false": "no", "null": "none"}  # these are read as JSON
    arguments = {key: words.get(value, value) for key, value in arguments.items()}
    spec = name + ":" + ",".join(f"{key}={value}" for key, value in arguments.items())

    assert registry.split_spec(spec) == (name, arguments)
