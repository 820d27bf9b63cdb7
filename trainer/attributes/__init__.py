"""The named attributes: what they are called, and how their values are found in tables of factors and of labels."""

from trainer.attributes.choice import changes, slug, specs_for
from trainer.attributes.columns import confounders, is_silent
from trainer.attributes.faces import FACES, SHARED_LABELS
from trainer.attributes.rooms import ROOMS
from trainer.attributes.spec import AttributeSpec, Columns, Floats, label, labels, number, table

__all__ = [
    "FACES", "ROOMS", "SHARED_LABELS", "AttributeSpec", "Columns", "Floats", "changes", "confounders", "is_silent",
    "label", "labels", "number", "slug", "specs_for", "table",
]  # fmt: skip
