"""What is handed over: JSON and PDF. No Qt."""
