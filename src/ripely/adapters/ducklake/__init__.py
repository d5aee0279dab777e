"""History in Parquet files, with their catalogue in the product's PostgreSQL."""
