"""The trained encoder: character positions in; intents, acts, entities and an honest out-of-scope out.

What serving needs (`card`, `features`, `decoding`) runs on numpy and sentencepiece alone; what trains
(`network`, `training`, `export`, `pretraining`, `pretrained`) needs the `train` extra.
"""
