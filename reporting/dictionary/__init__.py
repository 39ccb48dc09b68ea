"""The words of every figure: which measures exist, what they mean, over which periods. No data, no tables."""
