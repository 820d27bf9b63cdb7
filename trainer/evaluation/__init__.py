"""Measures what a pack or a run can do, on pictures that it never saw."""

from __future__ import annotations

from trainer.evaluation.report import PARTS, Evaluation, add_metrics, evaluate, lasting

__all__ = ["PARTS", "Evaluation", "add_metrics", "evaluate", "lasting"]
