"""How many of the spoken values in the tables are taken rightly, and how many wrong ones would be filed."""
