"""What the page may ask, by subject: each module gives a router."""
