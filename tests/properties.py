"""How property tests run here: few examples, no deadline, the same ones on every machine."""

from hypothesis import HealthCheck, settings

modest = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
few = settings(modest, max_examples=25)
