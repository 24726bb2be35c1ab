"""Who has the floor: when the resident's turn is over, and what her words mean for our own speech."""
