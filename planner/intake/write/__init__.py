"""Tables out: the empty template, and rows as a workbook or a folder."""
