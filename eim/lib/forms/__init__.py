"""Forms that know no meeting: their protection, and how their fields are rendered."""
