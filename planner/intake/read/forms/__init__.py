"""Any department's own form: files of every kind, sheets by their headers, columns that a form leaves out."""
