"""What the pages show, read from the record service and the database in a fixed number of queries."""
