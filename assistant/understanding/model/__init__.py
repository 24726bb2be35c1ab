"""A trained model as every runtime sees it: its folder, what is read from a text, how outputs are decoded.

Numpy and sentencepiece alone: serving on a CPU needs no more.
"""
