"""Tables in: a workbook or a folder becomes typed rows and findings, whatever its cells hold."""
