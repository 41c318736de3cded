"""What is counted over a period: indicators from results, each with numerator, denominator and clause."""
