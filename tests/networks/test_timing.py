"""How long a training takes, from a few of its steps."""

import pytest

from core.networks import AutoencoderConfig, TrainingConfig
from core.networks.timing import ENCODING, START, estimated_seconds, seconds_per_step


@pytest.mark.slow
def test_a_step_takes_time() -> None:
    assert 0 < seconds_per_step(AutoencoderConfig(8, 1, 2, (2,)), TrainingConfig(batch_size=4)) < 30


def test_the_time_is_that_of_reading_training_and_encoding() -> None:
    training = TrainingConfig(epochs=3, batch_size=10, held_out=0.1)
    expected = START + 100 * 0.01 + 3 * 9 * 2.0 + ENCODING * 10 * 2.0
    assert estimated_seconds(2.0, training, 100, 0.01) == pytest.approx(expected)
