"""The worker side: claims jobs, runs tools, commits and publishes what they tell."""
