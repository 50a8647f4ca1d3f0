"""Text to vectors: the protocol, the SentenceTransformer behind it, and the packed default model."""
