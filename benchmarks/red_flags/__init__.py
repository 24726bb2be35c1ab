"""How well danger signs are told from what only sounds like one."""
