"""Follow-up forms, assessment rules, outcomes and the chart: what a doctor would recognise. Pure."""
