"""What is kept: a record of each answer, what clinicians said to it, and the report on both."""
