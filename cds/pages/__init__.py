"""The few web pages: the shelf as a clinician reads it. They hold no patient data."""
