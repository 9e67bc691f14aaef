"""Write and read dates as Brazil and Portugal do: Django shows 2024-11-25 in Portuguese fields."""

DATE_INPUT_FORMATS = ["%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d"]
