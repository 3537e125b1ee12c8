"""Replay: stories and stored requests put to the service, its answers compared and explained."""
