"""What the product says in Chinese."""
