"""Speed, measured as ratios inside one run: see README.md."""
