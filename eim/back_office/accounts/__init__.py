"""Accounts of organisers: nobody grants what they lack, or touches a stronger account."""
