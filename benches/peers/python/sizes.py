"""The sizes that show how time grows; `typednet/src` has the same."""

# The samples of a call of the digit classifier.
BATCHES = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024]

# The inputs and outputs of a square dense layer, and the samples of its call.
WIDTHS = [64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096]
WIDE_BATCH = 128
