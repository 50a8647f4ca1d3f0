"""Cases (工单): complaints and "cannot get it done" requests, with deadlines and supervision (S15, S16, S21, S28)."""
