"""The versions, each one file; `down_revision` names the one before."""
