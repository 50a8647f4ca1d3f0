"""Appointments (预约): places in the slots of window groups. DB23/T 1485, 6.3 (S12)."""
