"""What operators see of a running process: log lines, metrics, traces. Never a word of a chart."""
