"""Batch export: many pictures times one recipe, resumable.

``job`` says what to do, ``queue.Batch`` freezes it into a folder's journal, ``engine`` does it on this machine and
``cluster`` on many. Nothing is imported here: the window shows before any of it is needed.
"""
