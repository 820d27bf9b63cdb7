"""Rendered pictures whose every factor is known: training data and ground truth that need nobody's photographs."""
