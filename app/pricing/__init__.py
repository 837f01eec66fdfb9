"""What it costs: from a link and a selection to a quote, in minor units. Computes and does nothing else."""
