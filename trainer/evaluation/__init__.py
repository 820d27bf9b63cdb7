"""Measures what a pack or a run can do, on pictures that it never saw."""

from __future__ import annotations

from trainer.evaluation.report import Evaluation, add_metrics, evaluate

__all__ = ["Evaluation", "add_metrics", "evaluate"]
