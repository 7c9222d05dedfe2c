"""The tools. They know nothing of jobs, brokers or the web."""
