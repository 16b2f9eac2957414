"""Settings for every test: no deadlines, since machines differ; as many examples as three minutes allow."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")
