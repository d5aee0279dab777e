"""Why, about one contact and in aggregate; and what comes next."""
