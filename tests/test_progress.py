import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixkin.progress import Step, silent, track


@given(st.lists(st.integers()))
def test_tracked_items_come_through_unchanged_and_are_counted(items: list[int]) -> None:
    steps: list[Step] = []
    through = list(track(items, "read", steps.append, len(items)))

    assert through == items
    assert [step.done for step in steps] == list(range(len(items) + 1))
    assert {(step.stage, step.total) for step in steps} == {("read", len(items))}


def test_a_callback_that_raises_stops_the_work() -> None:
    def stop_at_two(step: Step) -> None:
        if step.done == 2:
            raise KeyboardInterrupt

    seen: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        seen.extend(track(range(10), "read", stop_at_two))

    assert len(seen) <= 2


def test_silence_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    silent(Step("read", 1))

    assert capsys.readouterr() == ("", "")
