"""Who is meant: counted, sampled and compared before anything is published."""
