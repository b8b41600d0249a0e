"""Mail that offices send every day and that nobody may hold: a file a theme."""
