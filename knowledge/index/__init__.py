"""Two indexes, dense (FAISS) and lexical (BM25), and one of answers that is made of both."""
