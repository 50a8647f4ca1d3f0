"""Two indexes over the same entries, dense (FAISS) and lexical (BM25), and the fusion of their ranks."""
