"""Notices as documents (S03, S25): one-time notice, acceptance, refusal, supplement."""
