import dataclasses
import json
import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixkin import registry
from pixkin.errors import SettingError
from pixkin.precision import resolve
from pixkin.settings import Settings, default

NUMBERS = [spec for spec in fields(Settings) if spec.metadata["low"] is not None]


def test_every_setting_has_help_on_one_line() -> None:
    for spec in fields(Settings):
        assert spec.metadata["help"].endswith(".")
        assert len(spec.metadata["help"]) <= 80


def test_every_component_that_is_a_default_exists() -> None:
    for spec in fields(Settings):
        if spec.metadata["kind"]:
            assert resolve(spec.default) in registry.names(spec.metadata["kind"])


def test_the_default_of_each_setting_can_be_asked_for() -> None:
    assert {spec.name: default(spec.name) for spec in fields(Settings)} == Settings().to_dict()


@pytest.mark.parametrize("spec", NUMBERS, ids=lambda spec: spec.name)
def test_a_number_may_be_at_the_ends_of_its_range_and_not_beyond(spec: Any) -> None:
    low, high = spec.metadata["low"], spec.metadata["high"]

    assert getattr(Settings(**{spec.name: low}), spec.name) == low
    with pytest.raises(SettingError, match=spec.name):
        Settings(**{spec.name: low - 1})
    if high is not None:
        assert getattr(Settings(**{spec.name: high}), spec.name) == high
        with pytest.raises(SettingError, match=spec.name):
            Settings(**{spec.name: high + 1})


@pytest.mark.parametrize("spec", NUMBERS, ids=lambda spec: spec.name)
@pytest.mark.parametrize("value", [math.nan, math.inf, True, "7", None, [3], np.arange(3)])
def test_what_is_no_number_is_refused(spec: Any, value: object) -> None:
    with pytest.raises(SettingError, match=spec.name):
        Settings(**{spec.name: value})


@pytest.mark.parametrize("name", ["encoder", "clusterer", "layout"])
@pytest.mark.parametrize("value", ["", None, 3])
def test_a_component_is_named_by_text(name: str, value: Any) -> None:
    with pytest.raises(SettingError, match="must be a name"):
        Settings(**{name: value})


def test_half_a_group_cannot_be_asked_for() -> None:
    with pytest.raises(SettingError, match="'auto' or a whole number of at least 1"):
        Settings(n_clusters=2.5)  # type: ignore[arg-type]


def test_the_message_says_what_was_wrong_and_what_is_allowed() -> None:
    with pytest.raises(SettingError) as caught:
        Settings(detail=1000)

    assert str(caught.value) == "detail must be a number from 0.01 to 100; got 1000."


@given(n_clusters=st.integers(1, 10**6), detail=st.floats(0.0625, 100, width=32))
def test_numbers_of_numpy_are_settings_like_any_other(n_clusters: int, detail: float) -> None:
    plain = Settings(n_clusters=n_clusters, detail=detail)
    numpys = Settings(n_clusters=np.int64(n_clusters), detail=np.float32(detail))

    assert plain == numpys
    assert json.dumps(plain.to_dict()) == json.dumps(numpys.to_dict())


def test_settings_come_back_from_json() -> None:
    settings = Settings(n_clusters=5, encoder="pixels:size=8", detail=0.5)

    assert Settings(**json.loads(json.dumps(settings.to_dict()))) == settings


def test_a_setting_is_changed_by_making_another() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().workers = 3  # type: ignore[misc]
    with pytest.raises(SettingError):
        dataclasses.replace(Settings(), workers=-1)
