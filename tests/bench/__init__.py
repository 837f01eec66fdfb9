"""What each kind of request costs, as a multiple of the least that Flask can do."""
