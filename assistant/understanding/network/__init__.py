"""The network in torch: our own towers and wide path, or a pretrained encoder, and its weights on the disk.

For training and for graphics cards; needs the `train` extra.
"""
