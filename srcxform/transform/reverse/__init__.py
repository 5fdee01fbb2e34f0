"""The reverse sweep: `statements` says what each statement does, the other files how."""
