"""SQL is the truth, and SQL stands nowhere else."""
