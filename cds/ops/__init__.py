"""What operators ask of the web server: is it ready, what does it count, who called when."""
