"""What a core statement does, as data: read by the analyses and by every generator."""
