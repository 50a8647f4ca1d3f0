"""The pages /m/…: guides and ratings for everybody; a citizen's own appointments and cases (S12, S13, S15, S19)."""
