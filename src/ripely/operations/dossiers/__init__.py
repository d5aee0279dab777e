"""What is known of one contact, and how contacts are found."""
