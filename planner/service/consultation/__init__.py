"""The month's consultation: what agencies are asked, and what their answers come to."""
