"""What the product does in a second, measured beside what it is built on."""
