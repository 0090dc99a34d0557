"""Any outreach team, FACT ung, FACT Lofoten."""
