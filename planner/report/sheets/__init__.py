"""The workbooks: a module for each kind of sheet, and the workbooks that hold them."""
