"""What is counted of a plan, and what is said of it: the same in workbook, page, JSON and command line."""
