"""A trained model at work: runtimes, the batcher that all calls share, and the versions to swap between.

- `loading`: the runtime for a device (`onnx_runtime` on the CPU, `torch_runtime` on CUDA).
- `batcher`: many waiting callers, one forward pass.
- `versions`: the folders of models and the pointer to the active one; `live`: the model that serves now.
- `agreement`: whether two runtimes of one model say the same.

Nothing here imports torch unless the device asks for it.
"""
