"""A plain table: one answer in each row, in columns that are named or chosen."""

from core.labeling.shapes.shape import Shape

TABLE = Shape(
    name="table",
    title="Plain table",
    becomes="Each row becomes one answer, with its rating where it has one.",
    recognises=lambda columns, rows: True,
    read=lambda values: (values,),
)
"""Read by its columns, see ``core.labeling.rows``; the shape of every file that has no other."""
