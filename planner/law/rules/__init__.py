"""One file per topic. Whatever `Rule` a file here holds under a name of its own is a rule of the plan."""
