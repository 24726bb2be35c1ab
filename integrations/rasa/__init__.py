"""Stock Rasa 3.6: a copy of our data in its form."""
