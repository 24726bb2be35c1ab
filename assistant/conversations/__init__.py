"""Hosts conversations: loads, advances and persists them, runs their actions, hands their outcomes on."""
