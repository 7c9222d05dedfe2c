"""What others have for the same: servers that the benchmarks run beside ours."""
