"""Our understanding beside stock Rasa and a linear SVM, on the same splits of the same data."""
