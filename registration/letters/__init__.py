"""Letters of the organisers: who gets one, and the sentence that says so."""
