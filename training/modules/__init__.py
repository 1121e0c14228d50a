"""Parts that only training has: momentum copies, memory banks, critics."""
