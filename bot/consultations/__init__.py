"""The consultation ledger (咨询台账): questions that somebody must answer by a promised time. DB23/T 1485, 6.5.1."""
