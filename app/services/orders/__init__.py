"""The order desk: what a merchant does with paid orders. Lists and search, refunds, sending, notes, and marks as checked."""
