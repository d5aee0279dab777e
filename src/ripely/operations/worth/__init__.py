"""Whether, when and to whom an automation is worth its while."""
