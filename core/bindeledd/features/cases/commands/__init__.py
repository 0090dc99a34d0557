"""Commands over cases and their routines: `pathways simulate`, `pathways upgrade`;
`retention`."""
