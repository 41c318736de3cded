"""What people read of a planned month: figures, JSON, workbook, one-file page, console tables."""
