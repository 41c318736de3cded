"""The engines: limit, prices, match, bounds, counterfactuals, reasons. The only place that runs a solver."""
