"""What the product says in English."""
